"""Letters of the desk to colleagues about its requests: how they leave, and what of an answer to them is the answer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings

from harken.agents.models import Agent
from harken.channels.contract import Address, Outcome, OutcomeState, Outgoing
from harken.channels.email.accounts import relay_of
from harken.channels.email.relay import Relay
from harken.channels.email.signatures import loop_mark
from harken.channels.email.smtp import send
from harken.channels.models import Channel, Pace
from harken.channels.our_addresses import is_ours
from harken.channels.problems import Problem
from harken.workspaces import wall
from harken.workspaces.models import Workspace

# Between these signs stands, in the reader's language, that an answer is written above.
LINE_BEGINS, LINE_ENDS = "##-", "-##"
_LINE = re.compile(rf"^.*{re.escape(LINE_BEGINS)}.*?{re.escape(LINE_ENDS)}", re.MULTILINE)


@dataclass(frozen=True)
class WayOut:
    """A server that takes our letters to colleagues, and the sender it takes them from."""

    relay: Relay
    sender: Address


@dataclass(frozen=True)
class LetterToColleague:
    """What leaves; `reference` is its Message-ID, the same on every attempt."""

    reference: str
    subject: str
    text: str
    html: str
    written_at: datetime
    reply_to: str = ""
    references: tuple[str, ...] = ()


def above_the_line(text: str) -> str:
    """Return what was written above the line of a letter to a colleague; all of it where that line is not."""
    line = _LINE.search(text)
    return text[: line.start()].rstrip() if line else text


def way_out(workspace: Workspace) -> WayOut | None:
    """Return how letters to colleagues leave: by the installation's server, else by a mailbox's; `None` by none."""
    return next(_ways(workspace), None)


def turn_at(workspace: Workspace, way: WayOut) -> datetime | None:
    """Take a turn at a server that takes so many letters a minute; `None` where it takes as many as there are."""
    if not way.relay.per_minute:
        return None
    workspace_id = None if way.relay == settings.HARKEN_RELAY else workspace.pk
    with wall.inside(workspace_id):
        return Pace.objects.take(workspace_id, way.relay.server, way.relay.per_minute)


def send_to_colleague(way: WayOut, letter: LetterToColleague, agent: Agent) -> Outcome:
    """Hand a letter over; it is marked so that no robot answers it, and that we know it should it come back."""
    if is_ours(agent.email):
        # It would come back as mail to the desk.
        return Outcome(OutcomeState.FAILED, agent.email)
    outgoing = Outgoing(
        reference=letter.reference,
        sender=way.sender,
        recipients=(agent.email,),
        to=(Address(agent.email, agent.name),),
        reply_to=Address(letter.reply_to, agent.workspace.name) if letter.reply_to else None,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        written_at=letter.written_at,
        references=letter.references,
        automatic=True,
        loop_mark=loop_mark(agent.workspace),
    )
    return send(way.relay, way.sender.email, outgoing)[agent.email]


def _ways(workspace: Workspace) -> Iterator[WayOut]:
    if settings.HARKEN_RELAY:
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        yield WayOut(settings.HARKEN_RELAY, Address(address, name))
    mailboxes = Channel.objects.active().filter(workspace=workspace).exclude(mailbox=None)
    own = mailboxes.exclude(mailbox__smtp_host="").select_related("mailbox__grant").order_by("pk")
    for channel in own:
        if relay := _relay_of(channel):
            yield WayOut(relay, Address(channel.address, workspace.name))


def _relay_of(channel: Channel) -> Relay | None:
    try:
        return relay_of(channel.mailbox)
    except Problem:
        return None

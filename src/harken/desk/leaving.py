"""What has been written to its end and has not left: for how long it can be taken back, and when it leaves."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Self

from django.utils import timezone
from django.utils.safestring import SafeString

from harken.agents.models import Agent
from harken.channels.models import Channel
from harken.desk.recipients import whom_in_words
from harken.tickets.models import Draft, Message, Ticket
from harken.tickets.schedule import addresses_of
from harken.ui.moments import until
from harken.ui.words import written


@dataclass(frozen=True)
class Leaving:
    """A message that leaves in so many seconds; its writer may take it back until then."""

    seconds: int
    is_mine: bool

    @classmethod
    def of(cls, message: Message, agent_id: int) -> Self | None:
        if message.leaves_at is None:
            return None
        seconds = ceil((message.leaves_at - timezone.now()).total_seconds())
        return cls(seconds, message.author_agent_id == agent_id) if seconds > 0 else None


@dataclass(frozen=True)
class Scheduled:
    """An answer, a forward or a first letter that leaves by itself, ready to print."""

    id: int
    kind: str
    author: str
    initials: str
    to: str
    leaves_at: datetime
    when: str
    text: str
    # Its form, where it was written in the editor; else empty.
    written: SafeString
    files: list[str]
    is_mine: bool
    # Of a letter that begins a request: what it is about, and the mailbox it leaves from.
    is_letter: bool
    subject: str
    sender: str

    @property
    def day(self) -> str:
        """For a field of a form, in the reader's zone."""
        return timezone.localtime(self.leaves_at).date().isoformat()

    @property
    def clock(self) -> str:
        return timezone.localtime(self.leaves_at).strftime("%H:%M")


def scheduled_on(ticket: Ticket, agent: Agent) -> list[Scheduled]:
    """Return what leaves from a ticket by itself, the soonest first; every colleague sees it."""
    rows = Draft.objects.visible_to(agent).scheduled().filter(ticket=ticket)
    drafts = rows.select_related("agent__user").prefetch_related("enclosures__file")
    return [_scheduled(each, agent) for each in drafts]


def scheduled_letters(agent: Agent, *, to: Collection[str] | None = None) -> list[Scheduled]:
    """Return the letters that will begin a request by themselves, the soonest first; every colleague sees them.

    With `to` only those to one of these addresses.
    """
    rows = Draft.objects.visible_to(agent).scheduled_letters().select_related("agent__user")
    drafts = [
        each
        for each in rows.prefetch_related("enclosures__file")
        if to is None or not set(to).isdisjoint(addresses_of(each, "to"))
    ]
    channels = Channel.objects.visible_to(agent).filter(pk__in=[each.channel_id for each in drafts])
    senders = dict(channels.active().values_list("pk", "address")) if drafts else {}
    return [replace(_scheduled(each, agent), sender=senders.get(each.channel_id or 0, "")) for each in drafts]


def _scheduled(draft: Draft, agent: Agent) -> Scheduled:
    files = list(draft.enclosures.all())
    pictures = {each.content_id: each.file.url(inline=True) for each in files if each.is_inline}
    assert draft.leaves_at is not None
    return Scheduled(
        id=draft.pk,
        kind=draft.kind,
        author=draft.agent.name,
        initials=draft.agent.initials,
        to=whom_in_words(*(draft.recipients.get(name, "") for name in ("to", "cc", "bcc"))),
        leaves_at=draft.leaves_at,
        when=until(draft.leaves_at),
        text=draft.text,
        written=written(draft.html, pictures),
        files=[each.file.name for each in files if not each.is_inline],
        is_mine=draft.agent_id == agent.pk,
        is_letter=draft.ticket_id is None,
        subject=draft.subject,
        sender="",
    )

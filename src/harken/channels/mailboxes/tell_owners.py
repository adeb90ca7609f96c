"""Telling the owners of a trouble by mail, by another path than the broken one: that it began, and that it is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from harken.agents.letters import Letter
from harken.agents.models import Agent
from harken.channels.contract import Address, OutcomeState, Outgoing
from harken.channels.email.accounts import relay_of
from harken.channels.email.relay import Relay
from harken.channels.email.smtp import send
from harken.channels.models import Channel, Part, Trouble, TroubleLetter
from harken.channels.problems import Problem
from harken.lib import rows
from harken.ui.moments import when

log = structlog.get_logger(__name__)

# What lasts a moment only is on the page and in nobody's mail.
WAIT = timedelta(seconds=45)
# A part that fails and comes back again and again is told of once an hour.
QUIET = timedelta(hours=1)
# A class of advisory locks of our own, so that no other use of them can meet ours.
LETTER_LOCK = 0x48415254


@dataclass(frozen=True)
class Path:
    """A way for a letter to leave."""

    relay: Relay
    sender: Address


def due() -> QuerySet[Trouble]:
    """The troubles that owners have yet to hear of, or of whose end; to be asked across all workspaces."""
    begun = Q(told_at=None, cleared_at=None, since__lte=timezone.now() - WAIT, channel__is_active=True)
    is_over = Q(told_at__isnull=False, cleared_at__isnull=False, told_over_at=None)
    return Trouble.objects.filter(begun | is_over)


def tell(trouble: Trouble) -> None:
    """Write to every owner that the trouble began or is over; twice is harmless, and nobody hears it twice."""
    is_over = trouble.cleared_at is not None
    if not is_over and _was_told_lately(trouble):
        return
    owners = list(Agent.objects.filter(workspace_id=trouble.workspace_id).active().owners())
    told = [_tell_one(trouble, owner, is_over=is_over) for owner in owners]
    if all(told):
        now = timezone.now()
        Trouble.objects.filter(pk=trouble.pk).update(**{"told_over_at" if is_over else "told_at": now})


def _was_told_lately(trouble: Trouble) -> bool:
    same = Trouble.objects.filter(channel_id=trouble.channel_id, part=trouble.part).exclude(pk=trouble.pk)
    return same.filter(told_at__gt=timezone.now() - QUIET).exists()


def _tell_one(trouble: Trouble, owner: Agent, *, is_over: bool) -> bool:
    """Send the letter unless it was sent; locked meanwhile, so that two workers send one."""
    known: dict[str, Any] = {
        "workspace_id": trouble.workspace_id,
        "trouble": trouble,
        "agent": owner,
        "is_over": is_over,
    }
    row, _is_new = TroubleLetter.objects.get_or_create(**known)
    with _alone_with(row) as is_alone:
        return is_alone and _send(row, trouble, owner)


@contextmanager
def _alone_with(row: TroubleLetter) -> Iterator[bool]:
    """Hold a letter by a lock of the connection: no transaction may wait for a mail server."""
    lock = [LETTER_LOCK, row.pk % 2**31]
    [(is_taken,)] = rows.ask("SELECT pg_try_advisory_lock(%s::int, %s::int)", lock)
    try:
        yield is_taken
    finally:
        if is_taken:
            rows.ask("SELECT pg_advisory_unlock(%s::int, %s::int)", lock)


def _send(row: TroubleLetter, trouble: Trouble, owner: Agent) -> bool:
    row.refresh_from_db()
    if row.sent_at:
        return True
    with translation.override(owner.user.language), timezone.override(trouble.channel.workspace.zone):
        letter = _over(trouble) if row.is_over else _begun(trouble)
        if not any(_leaves_by(path, letter, owner, row) for path in _paths(trouble)):
            log.warning("owners could not be told of a trouble", trouble=trouble.pk)
            return False
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at"])
    return True


def _paths(trouble: Trouble) -> Iterator[Path]:
    """Every way but the broken one, and last the one that a test letter was lost on: it takes letters all the same."""
    is_shared = not trouble.channel.mailbox.smtp_host
    if not (is_shared and trouble.part in (Part.SENDING, Part.HEARTBEAT)):
        yield from _of_installation()
    for channel in _other_channels(trouble):
        relay = _relay_of(channel)
        if relay:
            yield Path(relay, Address(channel.address, "Harken"))
    if is_shared and trouble.part == Part.HEARTBEAT:
        yield from _of_installation()


def _of_installation() -> Iterator[Path]:
    if settings.HARKEN_RELAY:
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        yield Path(settings.HARKEN_RELAY, Address(address, name))


def _other_channels(trouble: Trouble) -> QuerySet[Channel]:
    cannot_send = Q(troubles__part__in=(Part.SENDING, Part.SIGN_IN), troubles__cleared_at=None)
    others = Channel.objects.active().filter(workspace_id=trouble.workspace_id).exclude(pk=trouble.channel_id)
    own_relay = others.exclude(mailbox=None).exclude(mailbox__smtp_host="").exclude(cannot_send)
    return own_relay.select_related("mailbox__grant").order_by(F("pk"))


def _relay_of(channel: Channel) -> Relay | None:
    try:
        return relay_of(channel.mailbox)
    except Problem:
        return None


def _leaves_by(path: Path, letter: Letter, owner: Agent, row: TroubleLetter) -> bool:
    host = urlsplit(settings.HARKEN_URL).hostname or "harken.invalid"
    outgoing = Outgoing(
        # The same on every attempt: should a worker die before the row is kept, the far side knows it.
        reference=f"trouble.{row.trouble_id}.{owner.pk}.{int(row.is_over)}@{host}",
        sender=path.sender,
        recipients=(owner.email,),
        to=(Address(owner.email, owner.name),),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        written_at=timezone.now(),
        automatic=True,
    )
    outcome = send(path.relay, path.sender.email, outgoing)[owner.email]
    # After silence the letter may have left: a second one by another path would be one too many.
    return outcome.state in (OutcomeState.SENT, OutcomeState.UNKNOWN)


def _begun(trouble: Trouble) -> Letter:
    address = {"address": trouble.channel.address, "part": trouble.get_part_display()}
    return Letter(
        subject=_("%(address)s needs a look: %(part)s") % address,
        before=trouble.sentence,
        link=_page(trouble),
        button=_("Open the channels"),
        after=_("Since %(moment)s. Harken tries again by itself, and writes when it works again.")
        % {"moment": when(trouble.since)},
    )


def _over(trouble: Trouble) -> Letter:
    address = {"address": trouble.channel.address, "part": trouble.get_part_display()}
    lasted = {"since": when(trouble.since), "until": when(trouble.cleared_at or timezone.now())}
    return Letter(
        subject=_("%(address)s works again: %(part)s") % address,
        before=_("The trouble is over. It lasted from %(since)s to %(until)s.") % lasted,
        link=_page(trouble),
        button=_("Open the channels"),
        after=_("You need not do anything."),
    )


def _page(trouble: Trouble) -> str:
    workspace = trouble.channel.workspace
    page = reverse("channels:channels", kwargs={"workspace": workspace.slug})
    return f"{settings.HARKEN_URL}{page}#channel-{trouble.channel_id}"

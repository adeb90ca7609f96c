"""A calendar invitation as a card above its letter, and how a letter is protected, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from harken.channels.contract import CALENDAR_TYPES
from harken.tickets.models import Attachment, Message
from harken.ui import moments

_METHODS = {
    "CANCEL": gettext_lazy("Cancelled"),
    "REPLY": gettext_lazy("Answer to an invitation"),
    "COUNTER": gettext_lazy("Another time proposed"),
}
_STATUSES = {"tentative": gettext_lazy("tentative"), "cancelled": gettext_lazy("cancelled")}
_REPEATS = {
    "hourly": gettext_lazy("every hour"),
    "daily": gettext_lazy("every day"),
    "weekly": gettext_lazy("every week"),
    "monthly": gettext_lazy("every month"),
    "yearly": gettext_lazy("every year"),
}


@dataclass(frozen=True)
class Card:
    """What an invitation says, each line ready to print; `file` is the address of its calendar file, `""` for none."""

    kind: str
    summary: str
    when: str
    repeats: str
    location: str
    people: str
    status: str
    file: str


@dataclass(frozen=True)
class Protection:
    """How a letter came: signed, which nobody here verified, or encrypted, which nobody here can read."""

    label: str
    is_encrypted: bool


def card_of(message: Message, files: Iterable[Attachment]) -> Card | None:
    """Return the invitation of a message that came with one; it is among the message's files, too."""
    said = message.invitation
    if not said:
        return None
    kind = _METHODS.get(said["method"], gettext_lazy("Invitation"))
    status = _STATUSES.get(said["status"], "") if said["method"] != "CANCEL" else ""
    return Card(
        kind=str(kind),
        summary=said["summary"],
        when=_when(said["starts_at"], said["ends_at"]),
        repeats=_repeats(said["repeats"], said["repeats_every"]),
        location=said["location"],
        people=_people(said["organizer"], said["attendees"]),
        status=str(status),
        file=next((each.url() for each in files if _is_calendar(each)), ""),
    )


def protection_of(message: Message) -> Protection | None:
    """Return the protection of a message that has one."""
    if not message.protection:
        return None
    return Protection(str(message.get_protection_display()), message.protection.endswith("encrypted"))


def _is_calendar(attachment: Attachment) -> bool:
    return attachment.media_type in CALENDAR_TYPES or attachment.name.lower().endswith(".ics")


def _when(starts: str, ends: str) -> str:
    first = _said(starts)
    if not ends or ends == starts:
        return first
    if len(starts) > len("2026-11-24") and _local(starts).date() == _local(ends).date():
        return f"{first} – {moments.clock(_local(ends))}"
    return f"{first} – {_said(ends)}"


def _said(at: str) -> str:
    if len(at) == len("2026-11-24"):
        return moments.day(date.fromisoformat(at))
    said = moments.in_full(_local(at))
    return said if datetime.fromisoformat(at).tzinfo else _("%(when)s (in their time zone)") % {"when": said}


def _local(at: str) -> datetime:
    """A moment without a zone is shown with the hands of the clock it was written for."""
    found = datetime.fromisoformat(at)
    return timezone.localtime(found) if found.tzinfo else timezone.make_aware(found)


def _repeats(period: str, every: int) -> str:
    if not period:
        return ""
    return str(_REPEATS[period]) if every == 1 else _("repeated")


def _people(organizer: str, attendees: int) -> str:
    count = ngettext("%(count)s person invited", "%(count)s people invited", attendees) % {"count": attendees}
    if not attendees:
        return organizer
    return f"{organizer}, {count}" if organizer else count

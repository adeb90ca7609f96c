"""A row of the ledger, ready to print: what became of a letter, and by what evidence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harken.channels.email.head import head_of
from harken.channels.models import Arrival
from harken.channels.proof.sender_words import sentences
from harken.channels.reasons import Allowed, Proof, sentence
from harken.files.errors import FilesError
from harken.lib.text import clean
from harken.tickets.models import Message

LONGEST_SHOWN = 64 * 1024

State = Arrival.State

# The turn mark of each state: what is ours to do stands out, what has found its place is ticked.
MARKS = {
    State.RECEIVED: "them",
    State.OPENED: "done",
    State.JOINED: "done",
    State.BOUNCED: "fail",
    State.LOOP: "fail",
    State.DUPLICATE: "wait",
    State.SPAM: "wait",
    State.HELD: "us1",
}

_NAMES: dict[str, str | Promise] = {
    "header": gettext_lazy("Found in the header"),
    "answers": gettext_lazy("Answers the message"),
    "address": gettext_lazy("Signed reply address"),
    "sender": gettext_lazy("Sender"),
    "allowed_as": gettext_lazy("Allowed as"),
    "number": gettext_lazy("Request"),
    "agent": gettext_lazy("Colleague"),
    "proof": gettext_lazy("Proved by"),
    "sender_check": gettext_lazy("Sender check"),
    "reached": gettext_lazy("Reached by the letter itself"),
    "recipient": gettext_lazy("Recipient"),
    "words": gettext_lazy("Words"),
    "count": gettext_lazy("Number"),
    "size": gettext_lazy("Size in MB"),
    "attempts": gettext_lazy("Attempts"),
    "error": gettext_lazy("Error"),
    "most": gettext_lazy("Limit"),
}
# Values that are a word of ours, not of the letter.
_WORDED: dict[str, Any] = {"allowed_as": Allowed, "proof": Proof, "sender_check": Message.SenderCheck}


@dataclass(frozen=True)
class Line:
    """One fact and what it is."""

    name: str
    value: str


@dataclass(frozen=True)
class Judgement:
    """What a letter was judged to be, until when, and who had it judged again."""

    state: str
    mark: str
    reason: str
    version: str
    at: datetime | None
    until: datetime | None
    overruled_by: str


def mark_of(arrival: Arrival) -> str:
    """Return the mark of its state; a letter that was let lie is no alarm any more."""
    return "wait" if arrival.let_lie_at else MARKS[State(arrival.state)]


def address_of(arrival: Arrival, workspace: str) -> str:
    """Where the letter went: its message on the ticket's page; `""` when it went nowhere."""
    if arrival.ticket is None:
        return ""
    page = reverse("desk:ticket", kwargs={"workspace": workspace, "number": arrival.ticket.number})
    return f"{page}#message-{arrival.message_id}" if arrival.message_id else page


def rows_for(arrivals: Iterable[Arrival], workspace: str) -> list[dict[str, Any]]:
    """Return arrivals as lists show them: with their mark, and where they went."""
    return [
        {"arrival": each, "mark": mark_of(each), "went_to": address_of(each, workspace)} for each in arrivals
    ]


def evidence_of(arrival: Arrival) -> Iterator[Line]:
    """Yield by what it was judged, fact by fact, in the reader's language."""
    for name, value in arrival.evidence.items():
        if name == "check":
            # Of a letter that became no message: by what its sender was looked at.
            yield Line(_("Who really sent it"), " ".join(sentences(value)))
            continue
        yield Line(str(_NAMES.get(name, name.replace("_", " ").capitalize())), _told(name, value))
    message = arrival.message
    if message and message.sender_check:
        said = [f"{message.get_sender_check_display().capitalize()}.", *sentences(message.sender_evidence)]
        yield Line(_("Who really sent it"), " ".join(said))


def way_of(arrival: Arrival) -> Iterator[Line]:
    """Yield how it came: channel, envelope, and where it lay."""
    told: dict[str, Any] = {
        _("Channel"): arrival.channel,
        _("By"): arrival.get_source_display(),
        _("Envelope sender"): arrival.envelope_from,
        _("Envelope recipients"): ", ".join(arrival.envelope_to),
        _("Handed over by"): arrival.client_ip,
        _("Folder"): arrival.folder,
        _("Number in the folder (UID)"): arrival.uid,
        _("Numbering (UIDVALIDITY)"): arrival.uidvalidity,
    }
    for name, value in told.items():
        if value not in ("", None):
            yield Line(name, str(value))


def past_of(arrival: Arrival) -> list[Judgement]:
    """Return what it was judged to be before, oldest first."""
    return [_judgement(each) for each in arrival.past]


def _judgement(kept: dict[str, Any]) -> Judgement:
    state = State(kept["state"])
    return Judgement(
        state=str(state.label),
        mark=MARKS[state],
        reason=sentence(kept["rule"], kept["evidence"], kept["words"]),
        version=kept["judged_by"],
        at=parse_datetime(kept["at"]) if kept["at"] else None,
        until=parse_datetime(kept["until"]),
        overruled_by=kept["overruled_by"],
    )


def _told(name: str, value: Any) -> str:
    if name in _WORDED and value in _WORDED[name].values:
        return str(_WORDED[name](value).label)
    if isinstance(value, list):
        return ", ".join(_told(name, each) for each in value)
    return str(value)


def header_lines_of(arrival: Arrival) -> str:
    """Return the header lines as they came, unread; `""` when the letter is not there any more."""
    try:
        raw = arrival.raw.read()
    except FilesError:
        return ""
    return clean(head_of(raw, LONGEST_SHOWN).decode("utf-8", "replace"))

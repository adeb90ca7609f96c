"""The channel contract: what every channel reads into and sends from.

Free of Django, so that a reader can run in a process of its own that knows nothing else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True)
class Address:
    """A mail address and the name beside it (`""` when there is none)."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class IncomingFile:
    """A file that came with a message; `inline` when the text shows it in place by its `content_id`.

    `name` is safe to save under; `declared_name` is what the sender's program wrote, where that says more.
    """

    name: str
    media_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False
    declared_name: str = ""


# Files of these types may hold an invitation.
CALENDAR_TYPES = frozenset(
    {"text/calendar", "application/ics", "text/x-vcalendar", "application/x-vcalendar"}
)


@dataclass(frozen=True)
class Invitation:
    """What a calendar file in a letter says (RFC 5545), as it is kept in `Message.invitation`.

    `method` is its own word (REQUEST, CANCEL, REPLY, …). Times are ISO 8601: a moment in UTC, a day alone when
    it lasts all day (`ends_at` is then its last day), and without an offset where nobody said which zone.
    `status` is confirmed, tentative or cancelled; `repeats` hourly, daily, weekly, monthly or yearly.
    """

    method: str = ""
    summary: str = ""
    starts_at: str = ""
    ends_at: str = ""
    all_day: bool = False
    location: str = ""
    organizer: str = ""
    attendees: int = 0
    status: str = ""
    repeats: str = ""
    repeats_every: int = 1


@dataclass(frozen=True)
class Incoming:
    """One message as its sender meant it, whatever the channel.

    `text` is all the sender wrote, `visible_text` the same without quoted history and without the sender's
    `signature`. `html` is `""` when there was none, and sanitised already (`lib.html.sanitise`), for that may take
    long; its marks are for `fold_letter`, which takes them out again. `folded_html` is what that makes of it where
    there is nothing to compare with, as `visible_text` and `signature` are. Ids come without angle brackets.
    `protection` is a value of `Message.Protection`: signed content is in `text`, not verified; of what is encrypted
    only the container is here, among the files.

    What is known by a sign of its letter says so in a header line ("List-Id: <…>"): `automatic_by` a robot (an
    answer to something when `auto_answer`), `bulk_by` a letter that asks for no automatic answer, `spam_by` the
    verdict of the server before us. `lists` are addresses that stand for many readers. A `bounce` or a
    `complaint` is about the letters in `bounced_ids`, or those that carried an address in `bounced_reply_to`;
    `bounced_statuses` (RFC 3463) go with the recipients. `return_path` is what a server wrote down of the envelope.
    """

    sender: Address
    subject: str = ""
    text: str = ""
    visible_text: str = ""
    signature: str = ""
    html: str = ""
    folded_html: str = ""
    files: tuple[IncomingFile, ...] = ()
    external_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    sent_at: datetime | None = None
    auto_reply: bool = False
    bounce: bool = False
    bounced_ids: tuple[str, ...] = ()
    bounced_recipients: tuple[str, ...] = ()
    delayed_recipients: tuple[str, ...] = ()
    bounced_statuses: tuple[str, ...] = ()
    bounced_words: str = ""
    bounced_reply_to: tuple[str, ...] = ()
    complaint: bool = False
    automatic_by: str = ""
    auto_answer: bool = False
    bulk_by: str = ""
    spam_by: str = ""
    lists: tuple[str, ...] = ()
    loop_marks: tuple[str, ...] = ()
    return_path: str = ""
    content_sha256: str = ""
    protection: str = ""
    invitation: Invitation | None = None


@dataclass(frozen=True)
class OutgoingFile:
    """A file that leaves with a message; inline when it has a `content_id`."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Outgoing:
    """One message on its way out; `reference` is its Message-ID, the same on every retry.

    `recipients` are the addresses of this attempt alone: those already served stay in `to` and `cc`
    for the headers, and blind copies are in `recipients` only.
    """

    reference: str
    sender: Address
    recipients: tuple[str, ...]
    subject: str
    text: str
    written_at: datetime
    html: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[OutgoingFile, ...] = ()
    automatic: bool = False
    # By what a desk knows its own letter, whoever sends it back.
    loop_mark: str = ""
    # The signed token of a mailbox's own test letter.
    heartbeat: str = ""


class OutcomeState(StrEnum):
    """What became of one recipient: taken, try again, never, or silence after the text was handed over."""

    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """The state for one recipient and the far side's own words (`"550 5.1.1 No such user"`)."""

    state: OutcomeState
    words: str = ""


class Channel(Protocol):
    """Two methods and no database: everything else is the desk's."""

    def read(self, raw: bytes) -> Incoming:
        """Turn one raw message into an Incoming. Pure: no database, no network."""

    def send(self, message: Outgoing) -> dict[str, Outcome]:
        """Hand the message to the outside world: one Outcome per recipient of this attempt."""


class Unread(StrEnum):
    """What keeps a raw message from being read. Each is a rule of `channels.reasons`, which has the sentences."""

    FAULT = "unreadable"
    PARTS = "too-many-parts"
    DEPTH = "nested-too-deep"
    HEAD = "head-too-large"
    HEADERS = "too-many-headers"
    MEMORY = "too-much-memory"
    TIME = "takes-too-long"
    CRASH = "stops-the-reader"


@dataclass(frozen=True)
class Unreadable:
    """Why a raw message could not be read; `most` is the limit it is over, 0 when it is over none.

    `words` are the sentence of something else that stood in the way.
    """

    why: Unread = Unread.FAULT
    most: int = 0
    words: str = ""
    detail: str = field(default="", compare=False)

    @property
    def evidence(self) -> dict[str, int]:
        return {"most": self.most} if self.most else {}

"""Letters that became no request: spam, one of our own that came back, and those that wait for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from harken.channels.contract import Incoming, Unreadable
from harken.channels.email import mime
from harken.channels.email import read as reader
from harken.channels.models import Arrival, Channel
from harken.channels.reasons import Rule
from harken.demo.letters import bounce
from harken.demo.rows import Rows

DEEP = 2_000

_LETTER = """\
From: {name} <{address}>
To: {mailbox}
Subject: {subject}
Date: {date}
Message-ID: <{id}@{domain}>
{extra}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{text}
"""


@dataclass(frozen=True)
class Stray:
    """One such letter: when it came, where it ended and why."""

    hours_ago: float
    state: str
    rule: Rule
    sender: str
    write: Callable[["Stray", str, datetime], bytes]
    subject: str = ""
    text: str = ""


def _spam(stray: Stray, mailbox: str, at: datetime) -> bytes:
    return _letter(stray, mailbox, at, extra="X-Spam-Flag: YES\n")


def _letter(stray: Stray, mailbox: str, at: datetime, *, extra: str = "") -> bytes:
    local, _at, domain = stray.sender.partition("@")
    letter = _LETTER.format(
        name=local.title(),
        address=stray.sender,
        mailbox=mailbox,
        subject=stray.subject,
        date=format_datetime(at),
        id=f"{int(at.timestamp())}.{local}",
        domain=domain,
        extra=extra,
        text=stray.text,
    )
    return letter.replace("\n", "\r\n").encode()


def _unknown_failure(stray: Stray, mailbox: str, at: datetime) -> bytes:
    words = "550 5.4.1 Recipient address rejected"
    return bounce(
        "buero@hofladen.example",
        "20260114.newsletter@mail.fennel.example",
        words,
        mailbox=mailbox,
        date=format_datetime(at),
    )


def _too_deep(stray: Stray, mailbox: str, at: datetime) -> bytes:
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="b{depth}"\r\n\r\n--b{depth}\r\n' for depth in range(DEEP)
    )
    head = _letter(stray, mailbox, at).partition(b"MIME-Version")[0]
    return head + b"MIME-Version: 1.0\r\n" + opening.encode() + b"\r\nOur menu for the week.\r\n"


_MARKED = Rule.SPAM_VERDICT

STRAYS = (
    Stray(
        3,
        Arrival.State.SPAM,
        _MARKED,
        "win@prize-oven.example",
        _spam,
        "You have won an oven",
        "Claim it today.",
    ),
    Stray(
        52,
        Arrival.State.SPAM,
        _MARKED,
        "loans@quick-flour.example",
        _spam,
        "Cash for your bakery",
        "No questions.",
    ),
    Stray(
        410,
        Arrival.State.SPAM,
        _MARKED,
        "seo@rank-higher.example",
        _spam,
        "Page one of every search",
        "Guaranteed.",
    ),
    Stray(
        20,
        Arrival.State.HELD,
        Rule.UNKNOWN_BOUNCE,
        "mailer-daemon@mx.hofladen.example",
        _unknown_failure,
    ),
    Stray(
        7,
        Arrival.State.HELD,
        Rule.NESTED_TOO_DEEP,
        "menu@canteen-nord.example",
        _too_deep,
        "Menu of the week",
    ),
)


def collect_strays(rows: Rows, channel: Channel, now: datetime) -> None:
    """Put them into the ledger, each in its one final state."""
    for stray in STRAYS:
        at = now - timedelta(hours=stray.hours_ago)
        raw = stray.write(stray, channel.address, at)
        read = _read(raw)
        arrival = rows.arrived(
            raw,
            at,
            channel=channel,
            state=stray.state,
            rule=stray.rule,
            evidence=_evidence(stray, read),
            envelope_from=stray.sender,
            envelope_to=[channel.address],
            content_sha256=getattr(read, "content_sha256", ""),
        )
        rows.happened("arrival.settled", arrival, at, state=arrival.state)


def _evidence(stray: Stray, read: Incoming | Unreadable) -> dict[str, Any]:
    if isinstance(read, Unreadable):
        return read.evidence
    return {"header": "X-Spam-Flag: YES"} if stray.rule == Rule.SPAM_VERDICT else {}


def _read(raw: bytes) -> Incoming | Unreadable:
    try:
        return reader.read(raw)
    except mime.LimitReached as error:
        return Unreadable(error.why, error.most)

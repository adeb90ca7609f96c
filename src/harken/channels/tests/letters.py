"""Letters as they come over the wire, and the way of one letter through the whole ledger."""

from email.message import EmailMessage
from itertools import count
from typing import Any

from harken.channels.arriving import intake
from harken.channels.arriving.receive import settle
from harken.channels.models import Arrival

_numbers = count(1)


def letter(
    text: str = "Where is my bread?",
    *,
    sender: str = "Ann Baker <ann@crumb.example>",
    to: str = "help@fennel.example",
    subject: str = "Bread",
    answers: str = "",
    **headers: str,
) -> bytes:
    """Return a letter's bytes; `answers` is the Message-ID it replies to, `headers` add or replace by `X_Name`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{next(_numbers)}@crumb.example>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}>"
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def arrive(raw: bytes, **envelope: Any) -> Arrival:
    """Store a letter and settle it, as a source and the worker do one after the other."""
    arrival = settle(intake.store(raw, source=Arrival.Source.DELIVER, **envelope))
    arrival.refresh_from_db()
    return arrival

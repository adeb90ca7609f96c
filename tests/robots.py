"""A desk whose mail really leaves, and the letters that robots send to it."""

from collections.abc import Callable
from email.message import EmailMessage, Message
from itertools import count
from typing import Any

from harken.agents.factories import make_agent
from harken.channels.arriving import intake
from harken.channels.arriving.receive import settle
from harken.channels.factories import make_channel
from harken.channels.leaving.deliver import deliver
from harken.channels.models import Arrival, Delivery
from harken.channels.tests.letters import letter
from harken.tickets.models import Message as Entry
from harken.tickets.models import Ticket, Words
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.smtp_sink import SmtpSink

_numbers = count(1)


class Desk:
    """A workspace with one mailbox that acknowledges, and Olga who answers."""

    def __init__(self, sink: SmtpSink, address: str = "help@fennel.example", **mailbox: Any) -> None:
        self.sink, self.address = sink, address
        self.workspace = make_workspace()
        self.channel = make_channel(self.workspace, address, **{"acknowledges": True} | mailbox)
        self.olga = make_agent(self.workspace)

    def gets(self, raw: bytes, **envelope: Any) -> Arrival:
        """Take a letter in."""
        wall.leave()
        arrival = settle(intake.store(raw, **{"source": "deliver", "to": [self.address]} | envelope))
        wall.enter(self.workspace.pk)
        arrival.refresh_from_db()
        return arrival

    def hears(self, text: str = "Where is my bread?", **headers: str) -> Arrival:
        """Take in what Ann writes, unless told otherwise."""
        return self.gets(letter(text, **{"to": self.address} | headers))

    def sends(self) -> list[Message]:
        """Let everything leave that is queued, and return it as the other side reads it."""
        before = len(self.sink.letters)
        wall.enter(self.workspace.pk)
        waiting = Delivery.objects.filter(workspace=self.workspace).undecided()
        for entry in Entry.objects.filter(pk__in=waiting.values("message")).order_by("id"):
            deliver(entry)
        return [sent.message for sent in self.sink.letters[before:]]

    def asked(self, text: str = "Where is my bread?", **headers: str) -> Ticket:
        """Return the ticket that Ann's letter opens."""
        ticket = self.hears(text, **headers).ticket
        assert ticket is not None
        return ticket

    def answers(self, ticket: Ticket, text: str = "It is in the oven.", **details: Any) -> Message:
        """Let Olga answer, and return the letter as it left."""
        ticket.refresh_from_db()
        ticket.reply(Words(text), by=self.olga, seen_up_to=ticket.last_position, **details)
        return self.sends()[-1]


def failure_of(
    sent: Message,
    *,
    status: str = "5.1.1",
    words: str = "550 5.1.1 No such user here",
    message_id: str | None = None,
) -> bytes:
    """Return a mail system's report (RFC 3464) that a letter of ours failed."""
    known = sent["Message-ID"] if message_id is None else message_id
    return f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.crumb.example>
To: help@fennel.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <{next(_numbers)}@mx.crumb.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your letter.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.crumb.example

Final-Recipient: rfc822; ann@crumb.example
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: text/rfc822-headers

Message-ID: {known}
Subject: {sent["Subject"]}

--b--
""".encode()


def complaint_about(sent: Message) -> bytes:
    """Return a provider's report (RFC 5965) that its reader called a letter of ours unwanted."""
    return f"""\
From: <complaints@provider.example>
To: help@fennel.example
Subject: FW: your letter
Message-ID: <{next(_numbers)}@provider.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an e-mail abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--b
Content-Type: message/rfc822

Message-ID: {sent["Message-ID"]}
Subject: {sent["Subject"]}

Hello

--b--
""".encode()


class Robot:
    """Answers every letter it gets with the same words, without a header that would tell."""

    def __init__(self, address: str, says: Callable[[int], str], *, keeps_thread: bool = False) -> None:
        self.address, self.says, self.keeps_thread = address, says, keeps_thread
        self.wrote = 0

    def writes(self, to: str, answering: Message | None = None) -> bytes:
        """Return its next letter."""
        self.wrote += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.address, to, "Thank you for your message"
        mail["Message-ID"] = f"<{next(_numbers)}@robot.example>"
        if answering is not None and self.keeps_thread:
            mail["In-Reply-To"] = mail["References"] = answering["Message-ID"]
        mail.set_content(self.says(self.wrote))
        return mail.as_bytes()

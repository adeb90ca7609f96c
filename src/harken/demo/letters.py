"""Letters as customers' mail programs write them: signed, with what they answer quoted below, with pictures."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from babel.dates import format_date

from harken.channels.contract import Address, Outgoing, OutgoingFile
from harken.channels.email.bodies import text_body
from harken.channels.email.compose import compose
from harken.demo.cast import Person
from harken.demo.enclosures import enclosure
from harken.demo.plot import Act
from harken.lib.html import paragraphs
from harken.tickets.models import Message

# How mail programs introduce what they quote.
_INTRODUCTIONS = {
    "en": "On {day} at {time}, {name} wrote:",
    "ru": "{day}, {time}, {name} <{address}> пишет:",
    "ja": "{day} {time} {name} <{address}>:",
    "ar": "في {day}، الساعة {time}، كتب {name}:",
    "yo": "On {day} at {time}, {name} wrote:",
}
_QUOTES_BELOW, _WRITES_HTML = 0.55, 0.4
_LOGO = "logo.png"
_BOUNCE = """\
From: Mail Delivery System <mailer-daemon@{host}>
To: {mailbox}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: <{id}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_bounce"

--=_bounce
Content-Type: text/plain; charset=us-ascii

<{recipient}>: {words}

--=_bounce
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--=_bounce
Content-Type: text/rfc822-headers

Message-ID: <{failed}>

--=_bounce--
"""

_INVITATION = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Calendar//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:{uid}
DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}
DTSTART:{begins:%Y%m%dT%H%M%SZ}
DTEND:{ends:%Y%m%dT%H%M%SZ}
SUMMARY:Go through the recipes together
LOCATION:By phone
ORGANIZER;CN={name}:mailto:{address}
ATTENDEE:mailto:help@fennel.example
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""


@dataclass(frozen=True)
class Quoted:
    """Something said before that a letter quotes: by whom, when, and the text as it left."""

    name: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Envelope:
    """Where a letter goes and what it answers; `recipient` is the mailbox or a reply address of ours."""

    recipient: str
    mailbox: str
    subject: str
    copies: tuple[Address, ...] = ()
    references: tuple[str, ...] = ()
    answers: Quoted | None = None


def letter(act: Act, by: Person, envelope: Envelope, zone: ZoneInfo) -> bytes:
    """Return the letter in which a customer says this."""
    chance = Random(f"{by.email} {envelope.subject} {act.text}")
    own = _signed(act, by, envelope)
    quote = _quote(act, by, envelope, zone, chance)
    files = tuple(_outgoing(name) for name in act.turn.files) + _visit(act)
    html = _html(act, by, own, quote) if _is_html(act, chance) else ""
    logo = (_outgoing(_LOGO, f"logo@{by.domain}"),) if "picture" in act.turn.marks else ()
    outgoing = Outgoing(
        reference=f"{_digest(by.email, envelope.subject, act.text)}@{by.domain}",
        sender=Address(by.email, by.name),
        recipients=(envelope.recipient,),
        to=(Address(envelope.recipient),),
        cc=envelope.copies,
        subject=f"Re: {envelope.subject}" if envelope.references else envelope.subject,
        text=f"{own}\n\n{quote}" if quote else own,
        html=html,
        written_at=act.at,
        in_reply_to=envelope.references[-1] if envelope.references else "",
        references=envelope.references,
        files=(*files, *logo),
        automatic="automatic" in act.turn.marks,
    )
    return compose(outgoing)


def returned(message: Message, mailbox: str) -> bytes:
    """Return one of our own replies as a careless forwarding sends it back to us."""
    outgoing = Outgoing(
        reference=message.external_id,
        sender=Address(mailbox, message.author_name),
        recipients=(mailbox,),
        to=tuple(Address(address) for address in message.to),
        subject=f"Re: {message.ticket.subject}",
        text=text_body(message.text, message.author_agent.signature if message.author_agent else ""),
        written_at=message.created_at,
    )
    return compose(outgoing)


def bounce(recipient: str, failed: str, words: str, *, mailbox: str, date: str) -> bytes:
    """Return the failure report (RFC 3464) that a far server sends back for one of our messages."""
    host = f"mx.{recipient.rpartition('@')[2]}"
    fields = {
        "recipient": recipient,
        "failed": failed,
        "words": words,
        "mailbox": mailbox,
        "date": date,
        "host": host,
    }
    report = _BOUNCE.format_map(fields | {"id": f"{_digest(failed)}@{host}", "status": words.split()[1]})
    return report.replace("\n", "\r\n").encode("ascii")


def _signed(act: Act, by: Person, envelope: Envelope) -> str:
    """Set pieces are signed where their story says so, the others at the beginning of a matter."""
    is_signed = "signed" in act.turn.marks if act.turn.minutes_ago is not None else not envelope.references
    return f"{act.text}\n\n-- \n{by.name}\n{by.company}\n{by.email}" if is_signed else act.text


def _visit(act: Act) -> tuple[OutgoingFile, ...]:
    """A calendar invitation to a call on the morning after, where the story has one."""
    if "invites" not in act.turn.marks:
        return ()
    begins = (act.at + timedelta(days=1)).replace(hour=9, minute=30)
    event = _INVITATION.format(
        uid=_digest(act.by.email, act.text),
        stamp=act.at,
        begins=begins,
        ends=begins + timedelta(minutes=45),
        name=act.by.name,
        address=act.by.email,
    )
    return (OutgoingFile("invitation.ics", "text/calendar", event.replace("\n", "\r\n").encode()),)


def _quote(act: Act, by: Person, envelope: Envelope, zone: ZoneInfo, chance: Random) -> str:
    said = envelope.answers
    wants = chance.random() < _QUOTES_BELOW or "quoted" in act.turn.marks
    if said is None or not wants or "unquoted" in act.turn.marks:
        return ""
    local = said.at.astimezone(zone)
    day = format_date(local.date(), "long", locale="en_GB" if by.language == "yo" else by.language)
    introduction = _INTRODUCTIONS[by.language].format(
        day=day, time=f"{local:%H:%M}", name=said.name, address=envelope.mailbox
    )
    return "\n".join([introduction, *(f"> {line}".rstrip() for line in said.text.rstrip().splitlines())])


def _is_html(act: Act, chance: Random) -> bool:
    return chance.random() < _WRITES_HTML or bool(act.turn.marks & {"html", "picture", "remote"})


def _html(act: Act, by: Person, own: str, quote: str) -> str:
    direction = ' dir="rtl"' if by.language == "ar" else ""
    body = f'<div{direction} style="font-family: Arial, sans-serif; font-size: 14px">{paragraphs(own)}</div>'
    if "picture" in act.turn.marks:
        body += f'<p><img src="cid:logo@{by.domain}" alt="{by.company}" width="160"></p>'
    if "remote" in act.turn.marks:
        body += f'<p><img src="https://www.{by.domain}/mail/footer.png" alt="{by.company}" width="480"></p>'
    introduction, _newline, said = quote.partition("\n")
    lines = "\n".join(line.removeprefix(">").strip() for line in said.splitlines())
    return f"{body}{paragraphs(introduction)}<blockquote>{paragraphs(lines)}</blockquote>" if quote else body


def _outgoing(name: str, content_id: str = "") -> OutgoingFile:
    media_type, content = enclosure(name)
    return OutgoingFile(name, media_type, content, content_id)


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:24]

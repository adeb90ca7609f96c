"""Bytes of a mail to an Incoming: pure, tolerant, and the same every time."""

import re

from harken.channels.contract import Address, Incoming
from harken.channels.email import armour, dates, headers, html_marks, machines, mime, parts, protection
from harken.channels.email.fingerprint import content_sha256
from harken.channels.email.folding import brings_news
from harken.channels.email.headers import Headers
from harken.lib import addresses
from harken.lib.html import sanitise
from harken.lib.text import clean, one_line

MAX_SUBJECT = 1_000
MAX_IDS = 4_000

_ID = re.compile(r"<\s*([^<>]{1,990}?)\s*>")
# Looked for from the beginning of a word alone: 20,000 letters without an @ took seconds.
_BARE_ID = re.compile(r"(?<![^\s<>,;\"])[^\s<>,;\"]+@[^\s<>,;\"]+")


def read(raw: bytes) -> Incoming:
    """Return what a raw mail says. Raises `mime.LimitReached` alone."""
    root = mime.split(raw)
    found = root.headers
    hint = _charset_hint(root)
    body = parts.body_of(root)
    subject = one_line(found.decoded("subject", hint), MAX_SUBJECT)
    sender = _sender(found, hint)
    html = sanitise(body.html, html_marks.mark_of) if body.html else ""
    answered = _ids(found, "in-reply-to") or _ids(found, "references")
    is_news = brings_news(subject, is_answer=bool(answered))
    text = armour.as_written(body.text)
    folded = armour.fold_armoured(text, html, is_news=is_news)
    return Incoming(
        sender=sender,
        subject=subject,
        text=text,
        visible_text=folded.visible_text,
        signature=folded.signature,
        html=html,
        folded_html=folded.html,
        files=tuple(body.files),
        external_id=next(iter(_ids(found, "message-id")), ""),
        in_reply_to=_ids(found, "in-reply-to"),
        references=_ids(found, "references"),
        to=_people(found, "to", hint),
        cc=_people(found, "cc", hint),
        reply_to=_people(found, "reply-to", hint),
        delivered_to=_delivered_to(found),
        sent_at=dates.moment(found.text("date")),
        return_path=next((each.email for each in _people(found, "return-path", hint)), ""),
        content_sha256=content_sha256(root),
        protection=protection.of(root, body.text),
        invitation=body.invitation,
        **machines.signs(root, sender, subject, body.text),
    )


def _charset_hint(root: mime.Part) -> str:
    """The first charset a part names: raw header bytes are most likely in it too."""
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        if part.content_type.charset:
            return part.content_type.charset
        waiting.extend(part.parts[:3])
    return ""


def _sender(found: Headers, hint: str) -> Address:
    for name in ("from", "sender", "reply-to", "return-path", "x-sender", "envelope-from"):
        for person in _people(found, name, hint):
            return person
    nameless = _listed(found, "from", hint)
    return Address("", nameless[0].name) if nameless else Address("")


def _people(found: Headers, name: str, hint: str) -> tuple[Address, ...]:
    return tuple(address for address in _listed(found, name, hint) if address.email)


def _listed(found: Headers, name: str, hint: str) -> list[Address]:
    listed = []
    for value in found.all_raw(name):
        text = headers.unfold(value, hint)
        entries = addresses.parse(text)
        if not any(entry.email for entry in entries):
            entries = addresses.parse(headers.decode_words(text, hint))
        listed += [_address(entry, hint) for entry in entries]
    return listed


def _address(entry: addresses.Parsed, hint: str) -> Address:
    email = headers.decode_words(entry.email, hint)
    name = one_line(headers.decode_words(entry.name, hint), 200)
    # What is left of the brackets of a broken address is no part of a name.
    return Address(one_line(email, 320), name.removesuffix("<>").removesuffix(" >").strip())


def _ids(found: Headers, name: str) -> tuple[str, ...]:
    """Return the ids of a header without brackets, the latest when there are too many."""
    ids: list[str] = []
    for value in found.all_raw(name):
        text = clean(headers.unfold(value))
        ids += (
            _ID.findall(text) or _BARE_ID.findall(text) or ([text] if name == "message-id" and text else [])
        )
    unique = dict.fromkeys("".join(each.split())[:990] for each in ids)
    return tuple(unique)[-MAX_IDS:]


def _delivered_to(found: Headers) -> tuple[str, ...]:
    """The recipients that servers on the way wrote down, nearest to us first."""
    names = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-rcpt-to")
    listed = [person.email for name in names for person in _people(found, name, "")]
    return tuple(dict.fromkeys(addresses.normalise(email) for email in listed))

"""Outgoing -> bytes: the message as it goes over the wire, the same bytes on every retry."""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime

from harken.channels.contract import Address, Outgoing, OutgoingFile
from harken.channels.email.header_lines import (
    NotAnAddress,
    address_words,
    clean,
    line,
    parameter_words,
    text_words,
    wire_address,
)

LONGEST_PLAIN_LINE = 990
LONGEST_ID = 900
LONGEST_FILE_NAME = 150
KEPT_REFERENCES = 20

_MEDIA_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/[\w.+-]+", re.ASCII)
_ID = re.compile(r"[!-;=?-~]+")
_ASCII = bytes(range(128))


@dataclass(frozen=True)
class Part:
    """One MIME part: its finished header lines and its finished body."""

    headers: bytes
    body: bytes

    def __bytes__(self) -> bytes:
        return self.headers + b"\r\n" + self.body


def compose(message: Outgoing, *, utf8: bool = True) -> bytes:
    """Return the whole message: CRLF, lines below 998, nothing but ASCII outside of addresses.

    With `utf8` false, for a server without SMTPUTF8, addresses that need it stay out of To and Cc.
    Raises NotAnAddress when the sender has none, ValueError when the reference is no Message-ID.
    """
    headers = b"".join(_headers(message, utf8))
    return headers + b"MIME-Version: 1.0\r\n" + bytes(_content(message))


def needs_utf8(message: Outgoing) -> bool:
    """Tell whether the headers hold an address outside ASCII, so that the servers must speak SMTPUTF8."""
    reply_to = (message.reply_to,) if message.reply_to else ()
    written = _writable((message.sender, *message.to, *message.cc, *reply_to), utf8=True)
    return not all(wire_address(address.email).isascii() for address in written)


def _headers(message: Outgoing, utf8: bool) -> Iterator[bytes]:
    yield line("From", address_words([message.sender]))
    yield line("To", address_words(_writable(message.to, utf8)) or ["undisclosed-recipients:;"])
    yield from _address_line("Cc", _writable(message.cc, utf8))
    yield from _address_line("Reply-To", _writable((message.reply_to,) if message.reply_to else (), utf8))
    yield line("Subject", text_words(message.subject))
    yield line("Date", [format_datetime(message.written_at.astimezone(UTC))])
    yield line("Message-ID", [_own_id(message.reference)])
    yield from _thread_lines(message)
    if _is_id(message.loop_mark):
        yield line("X-Harken-Loop", [message.loop_mark])
    if message.automatic:
        yield from _automatic_lines(message)
    if message.heartbeat:
        yield line("X-Harken-Heartbeat", [message.heartbeat])


def _automatic_lines(message: Outgoing) -> Iterator[bytes]:
    """What keeps other robots from answering: the standard (RFC 3834), Microsoft's, and the oldest of all."""
    yield line("Auto-Submitted", ["auto-replied" if message.in_reply_to else "auto-generated"])
    yield line("X-Auto-Response-Suppress", ["All"])
    yield line("Precedence", ["bulk"])


def _address_line(name: str, addresses: list[Address]) -> Iterator[bytes]:
    if addresses:
        yield line(name, address_words(addresses))


def _writable(addresses: Iterable[Address], utf8: bool) -> list[Address]:
    # To and Cc repeat what others wrote: one broken address among them must not hold the message back.
    return [address for address in addresses if _is_writable(address, utf8)]


def _is_writable(address: Address, utf8: bool) -> bool:
    try:
        written = wire_address(address.email)
    except NotAnAddress:
        return False
    return utf8 or written.isascii()


def _own_id(reference: str) -> str:
    if not _is_id(reference):
        raise ValueError("the reference is no Message-ID")
    return f"<{reference}>"


def _is_id(text: str) -> bool:
    return len(text) <= LONGEST_ID and _ID.fullmatch(text) is not None


def _thread_lines(message: Outgoing) -> Iterator[bytes]:
    if _is_id(message.in_reply_to):
        yield line("In-Reply-To", [f"<{message.in_reply_to}>"])
    chain = [known for known in dict.fromkeys((*message.references, message.in_reply_to)) if _is_id(known)]
    # The first id names the thread, the last ones its branch (RFC 5322, 3.6.4): the middle may go.
    kept = chain if len(chain) <= KEPT_REFERENCES else [chain[0], *chain[1 - KEPT_REFERENCES :]]
    if kept:
        yield line("References", [f"<{known}>" for known in kept])


def _content(message: Outgoing) -> Part:
    shown = [file for file in message.files if _is_shown(file, message.html)]
    attached = [file for file in message.files if file not in shown]
    boundary = f"=_{hashlib.sha256(message.reference.encode()).hexdigest()[:32]}"
    content = _text_part("plain", message.text)
    if message.html:
        html = _text_part("html", message.html)
        if shown:
            pictures = [_file_part(file, "inline") for file in shown]
            html = _multipart("related", [html, *pictures], f"{boundary}r", 'type="text/html"')
        content = _multipart("alternative", [content, html], f"{boundary}a")
    if attached:
        files = [_file_part(file, "attachment") for file in attached]
        content = _multipart("mixed", [content, *files], f"{boundary}m")
    return content


def _is_shown(file: OutgoingFile, html: str) -> bool:
    return bool(file.content_id) and f"cid:{file.content_id}" in html


def _multipart(kind: str, parts: list[Part], boundary: str, *parameters: str) -> Part:
    # "=_" occurs neither in base64 nor in quoted-printable, and nobody knows the reference beforehand.
    words = [f"multipart/{kind};", *(f"{parameter};" for parameter in parameters), f'boundary="{boundary}"']
    opening, closing = f"--{boundary}\r\n".encode(), f"--{boundary}--\r\n".encode()
    pieces = b"".join(opening + bytes(part) + b"\r\n" for part in parts)
    return Part(line("Content-Type", words), pieces + closing)


def _text_part(kind: str, text: str) -> Part:
    data = _plain_lines(text).encode("utf-8", "replace")
    charset = "us-ascii" if data.isascii() else "utf-8"
    encoding, body = _encode_text(data)
    headers = line("Content-Type", [f"text/{kind};", f"charset={charset}"])
    return Part(headers + line("Content-Transfer-Encoding", [encoding]), body)


def _plain_lines(text: str) -> str:
    lines = re.sub(r"\r\n?", "\n", text)
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) != "Cc")
    return kept if kept.endswith("\n") else f"{kept}\n"


def _encode_text(data: bytes) -> tuple[str, bytes]:
    lines = data.split(b"\n")
    # "From " at the start of a line becomes ">From " in mailbox files, which breaks signatures.
    is_plain = data.isascii() and max(map(len, lines)) <= LONGEST_PLAIN_LINE
    if is_plain and not any(each.startswith(b"From ") for each in lines):
        return "7bit", b"\r\n".join(lines)
    if len(data.translate(None, delete=_ASCII)) > len(data) / 6:
        return "base64", _base64(b"\r\n".join(lines))
    encoded = re.sub(rb"(?m)^From ", b"=46rom ", binascii.b2a_qp(data, istext=True))
    return "quoted-printable", encoded.replace(b"\n", b"\r\n")


def _base64(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def _file_part(file: OutgoingFile, disposition: str) -> Part:
    # Messages and multiparts may not be sent as base64 (RFC 2046, 5.2.1): they travel as plain files.
    media_type = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    headers = line("Content-Type", [media_type])
    headers += line("Content-Transfer-Encoding", ["base64"])
    headers += line(
        "Content-Disposition", [f"{disposition};", *parameter_words("filename", _file_name(file.name))]
    )
    if _is_id(file.content_id):
        headers += line("Content-ID", [f"<{file.content_id}>"])
    return Part(headers, _base64(file.content))


def _file_name(name: str) -> str:
    """Keep the last step of a path, without signs that turn the reading direction (`gpj.exe`)."""
    last = re.split(r"[/\\]", clean(name))[-1]
    last = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", last).strip(" .")
    stem, _dot, ending = last.rpartition(".")
    if len(last) > LONGEST_FILE_NAME and 0 < len(ending) <= 16:
        return f"{stem[: LONGEST_FILE_NAME - len(ending) - 1]}.{ending}"
    return last[:LONGEST_FILE_NAME] or "file"

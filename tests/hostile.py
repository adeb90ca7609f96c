"""Mails built to be too much: each a name and the bytes, made when asked for, because some are large.

Every one must be read or held with its reason within ten seconds and 300 MiB, and the next mail within five.
"""

import base64
import struct
import zlib
from collections.abc import Callable
from email.utils import formatdate

MEGABYTE = 1 << 20

_HEAD = (
    b"From: Mallory <mallory@example.com>\r\nTo: help@acme.example\r\nSubject: %s\r\n"
    b"Message-ID: <%s@example.com>\r\nDate: Mon, 23 Nov 2026 10:11:12 +0300\r\n"
)
_MAILS: dict[str, Callable[[], bytes]] = {}
# What takes seconds to make or to read; the rest is quick enough for every run.
LONG = {
    "fifty megabytes attached",
    "twenty megabytes of words",
    "twenty megabytes of html",
    "twenty megabytes in one line",
    "three thousand attachments",
    "base64 that is none",
    "quoted lines without end",
    "tags without end",
    "header of ten megabytes",
    "winmail of fifty megabytes",
}


def names() -> list[str]:
    """Every hostile mail there is."""
    return list(_MAILS)


def make(name: str) -> bytes:
    """Return the bytes of one."""
    return _MAILS[name]()


def mail(name: str, body: bytes, *more: bytes) -> bytes:
    """Return a whole mail of Mallory's with further header lines."""
    slug = name.replace(" ", "-").encode()
    return _HEAD % (name.encode(), slug) + b"".join(line + b"\r\n" for line in more) + b"\r\n" + body


def _hostile(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def listed(build: Callable[[], bytes]) -> Callable[[], bytes]:
        _MAILS[name] = build
        return build

    return listed


def _body(name: str, body: bytes, kind: bytes = b"text/plain; charset=utf-8") -> None:
    _MAILS[name] = lambda: mail(name, body, b"Content-Type: " + kind)


def _header(name: str, line: Callable[[], bytes]) -> None:
    _MAILS[name] = lambda: mail(name, b"Hello", line())


def _attached(name: str, kind: bytes, content: bytes) -> bytes:
    head = (
        b"Content-Type: %s\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        % kind
    )
    part = (
        b"--x\r\nContent-Type: text/plain\r\n\r\nHello\r\n--x\r\n"
        + head
        + base64.encodebytes(content)
        + b"--x--\r\n"
    )
    return mail(name, part, b"Content-Type: multipart/mixed; boundary=x")


@_hostile("twenty thousand parts")
def _parts() -> bytes:
    return mail("parts", b"--x\r\n\r\na\r\n" * 20_000, b"Content-Type: multipart/mixed; boundary=x")


@_hostile("ten thousand parameters")
def _parameters() -> bytes:
    return mail(
        "parameters", b"Hello", b"Content-Type: text/plain" + b"".join(b"; p%d=v" % n for n in range(10_000))
    )


@_hostile("ten thousand continuations")
def _continuations() -> bytes:
    line = b'Content-Type: text/plain; name*0="a"' + b"".join(
        b';\r\n name*%d="b"' % n for n in range(1, 10_000)
    )
    return mail("continuations", b"Hello", line)


@_hostile("three thousand attachments")
def _attachments() -> bytes:
    part = b"--x\r\nContent-Type: application/pdf; name=a%d.pdf\r\n\r\n%%PDF %d\r\n"
    body = b"".join(part % (n, n) for n in range(3_000)) + b"--x--\r\n"
    return mail("attachments", body, b"Content-Type: multipart/mixed; boundary=x")


@_hostile("twenty megabytes of words")
def _words() -> bytes:
    return mail("words", b"All work and no play makes Jack a dull boy.\r\n" * (20 * MEGABYTE // 45))


@_hostile("twenty megabytes in one line")
def _one_line() -> bytes:
    return mail("line", b"word " * (4 * MEGABYTE))


@_hostile("twenty megabytes of html")
def _html() -> bytes:
    body = b"<p>All <b>work</b> and <i>no</i> play</p>\r\n" * (20 * MEGABYTE // 43)
    return mail("html", body, b"Content-Type: text/html")


@_hostile("fifty megabytes attached")
def _large() -> bytes:
    return _attached("large", b"application/zip; name=large.zip", bytes(range(256)) * (50 * MEGABYTE // 256))


@_hostile("ten thousand levels of multipart")
def _multiparts() -> bytes:
    levels = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(10_000)
    )
    return mail("levels", levels, b"Content-Type: multipart/mixed; boundary=b0")


@_hostile("ten thousand mails in mails")
def _enclosed() -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * 10_000


@_hostile("header of ten megabytes")
def _long_header() -> bytes:
    return mail("header", b"Hello", b"X-Long: " + b"a" * (10 * MEGABYTE))


@_hostile("subject of three megabytes")
def _long_subject() -> bytes:
    return b"From: m@example.com\r\nSubject: " + b"=?utf-8?q?=41?= " * (3 * MEGABYTE // 16) + b"\r\n\r\nHello"


@_hostile("a hundred thousand headers")
def _headers() -> bytes:
    return b"".join(b"X-%d: a\r\n" % n for n in range(100_000)) + b"\r\nHello"


@_hostile("base64 that is none")
def _no_base64() -> bytes:
    return mail("junk", b"=" * (10 * MEGABYTE) + b"!?" * (5 * MEGABYTE), b"Content-Transfer-Encoding: base64")


@_hostile("quoted-printable that is none")
def _no_quoted_printable() -> bytes:
    return mail(
        "junk", b"=" * (5 * MEGABYTE) + b"=3" * MEGABYTE, b"Content-Transfer-Encoding: quoted-printable"
    )


@_hostile("zip bomb")
def _zip_bomb() -> bytes:
    bomb = zlib.compress(b"\0" * (100 * MEGABYTE), 9)
    return _attached("bomb", b"application/zip; name=bomb.zip", b"PK\x03\x04" + bomb)


@_hostile("picture of fifty thousand by fifty thousand")
def _png_bomb() -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 6, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(b"\0" * MEGABYTE)
    chunks = b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (head, pixels)
    )
    return _attached("picture", b"image/png; name=huge.png", b"\x89PNG\r\n\x1a\n" + chunks)


@_hostile("xml bomb")
def _xml_bomb() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    return _attached(
        "xml",
        b"application/xml; name=lol.xml",
        f'<!DOCTYPE l [<!ENTITY l0 "lol">{entities}]><l>&l19;</l>'.encode(),
    )


@_hostile("winmail cut short")
def _short_winmail() -> bytes:
    return _attached(
        "winmail",
        b"application/ms-tnef; name=winmail.dat",
        b"\x78\x9f\x3e\x22\x01\x00\x01\x06\x90\x08\x00\xff",
    )


@_hostile("winmail of fifty megabytes")
def _large_winmail() -> bytes:
    attribute = struct.pack("<BII", 1, 0x69003, 4) + b"\0\0\0\0" + b"\0\0"
    return _attached(
        "winmail", b"application/ms-tnef", b"\x78\x9f\x3e\x22\x01\x00" + attribute * (50 * MEGABYTE // 15)
    )


@_hostile("three thousand references")
def _references() -> bytes:
    return mail(
        "references", b"Hello", b"References: " + b"\r\n ".join(b"<%d@example.com>" % n for n in range(3_000))
    )


@_hostile("five hundred recipients")
def _recipients() -> bytes:
    return mail(
        "recipients",
        b"Hello",
        b"Cc: " + b",\r\n ".join(b"Person %d <p%d@example.com>" % (n, n) for n in range(500)),
    )


@_hostile("tags without end")
def _deep_html() -> bytes:
    return mail("deep", b"<div><b>" * 500_000 + b"deep", b"Content-Type: text/html")


@_hostile("quoted lines without end")
def _quotes() -> bytes:
    line = b">" * 500 + b" On Mon, 3 Mar 2025 at 10:11, Ann <ann@example.com> wrote:\r\n"
    return mail("quotes", line * 20_000)


@_hostile("calendar without end")
def _calendar() -> bytes:
    body = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART"
        + b";a=b" * 200_000
        + b":20261124\r\nATTENDEE:a\r\n" * 200_000
    )
    return mail("calendar", body, b"Content-Type: text/calendar")


@_hostile("signed data without end")
def _cms() -> bytes:
    return _attached("signed", b"application/pkcs7-mime; name=smime.p7m", b"0\x80" * MEGABYTE)


@_hostile("signatures in signatures")
def _nested_cms() -> bytes:
    inner = b"Content-Type: text/plain\r\n\r\ndeep"
    for _ in range(200):
        inner = b"Content-Type: application/pkcs7-mime\r\n\r\n" + _signed(inner)
    return inner


def _signed(content: bytes) -> bytes:
    def wrapped(tag: int, inside: bytes) -> bytes:
        return bytes((tag, 0x83)) + len(inside).to_bytes(3, "big") + inside

    data, signed = (bytes.fromhex(f"06092a864886f70d01070{n}") for n in (1, 2))
    version, digests = b"\x02\x01\x01", b"\x31\x00"
    enclosed = wrapped(0x30, data + wrapped(0xA0, wrapped(0x04, content)))
    return wrapped(0x30, signed + wrapped(0xA0, wrapped(0x30, version + digests + enclosed)))


# What makes a pattern try again and again: each is aimed at one of ours, and every body goes through all of them.
_body("regex: spaces before a colon", (b" " * 50_000 + b"\n") * 20 + b"wrote" + b" " * 200_000)
_body("regex: attributions", b"On Mon, 3 Mar 2025 at 10:11 a@b wrote\n" * 20_000)
_body("regex: headers", b"From: a\nSent: b\nTo: c\nSubject: d\n" * 10_000)
_body("regex: original messages", b"-----Original Message-----\n" * 20_000)
_body("regex: dashes", b"-" * 2_000_000)
_body("regex: underscores", (b"_" * 1_000 + b"\n") * 1_000)
_body("regex: signatures", b"-- \nAnn\n" * 50_000)
_body("regex: pgp", b"-----BEGIN PGP MESSAGE-----\n" * 100_000)
_body("regex: uuencode", b"begin 644 a\n" * 100_000 + b"\nend")
_body("regex: addresses", b"a@" * 1_000_000)
_body("regex: links", b"http://" * 300_000)
_body("regex: message ids", b"Message-ID: <" * 100_000)
_body("regex: blank lines", b"\n \t" * 500_000)
_body("regex: sent with", b"sent from " + b"x" * 1_000_000)
_body("regex: flowed", b"> " * 200_000 + b"\n", b"text/plain; format=flowed; delsp=yes")
_body("regex: flowed lines", b">soft \n" * 300_000, b"text/plain; format=flowed; delsp=yes")
_body("regex: enriched", b"<" * 1_000_000, b"text/enriched")
_body("regex: enriched parameters", b"<param>" * 200_000, b"text/enriched")
_body("regex: open tags", b"<a " * 700_000, b"text/html")
_body("regex: open attributes", b"<img src=" * 200_000, b"text/html")
_body("regex: open quotes", b'<a href="' * 200_000, b"text/html")
_body("regex: comments", b"<!--" * 500_000, b"text/html")
_body("regex: scripts", b"<script>" * 250_000, b"text/html")
_body("regex: styles", b"<p style='display" + b" " * 1_000_000 + b"'>x", b"text/html")
_body("regex: style rules", b"<p style='" + b"font-size:0;" * 100_000 + b"'>x", b"text/html")
_body("regex: entities", b"&" * 1_000_000 + b"&#x" * 200_000, b"text/html")
_body("regex: blockquotes", b"<blockquote>" * 150_000 + b"x", b"text/html")
_body("regex: cids", b"cid:" * 500_000, b"text/html")
_body("regex: meta", b"<meta " * 300_000, b"text/html")
_body("regex: mixed scripts", ("aбвa" * 300_000).encode("cp1251"), b"text/plain")
_body("regex: shifts", b"\x1b$B" * 500_000, b"text/plain; charset=iso-2022-jp")
_body("regex: utf-7", b"+" * 1_000_000, b"text/plain; charset=utf-7")
_body("regex: calendar folds", b"BEGIN:VEVENT\r\n" + b"\r\n " * 300_000, b"text/calendar")
_header("regex: encoded words", lambda: b"X-A: b\r\nSubject: " + b"=?utf-8?q?" * 25_000)
_header("regex: broken words", lambda: b"Comments: x\r\nFrom: " + b"=?a?q?=" * 30_000 + b" <a@b>")
_header("regex: comments in addresses", lambda: b"From: " + b"(" * 200_000 + b" <a@b.example>")
_header("regex: quotes in addresses", lambda: b'Cc: "' + b'\\"' * 100_000)
_header("regex: angles in addresses", lambda: b"Cc: " + b"<" * 200_000)
_header("regex: commas in addresses", lambda: b"Cc: " + b"," * 200_000)
_header("regex: groups in addresses", lambda: b"Cc: " + b"a:" * 100_000)
_header("regex: open ids", lambda: b"References: " + b"<" * 200_000 + b" " * 50_000)
_header("regex: spaced ids", lambda: b"In-Reply-To: <" + b" " * 200_000)
_header("regex: bare ids", lambda: b"In-Reply-To: " + b"a" * 100_000 + b"@" * 100_000)
_header("regex: date", lambda: b"X-B: c\r\nResent-Date: " + formatdate(0).encode() * 5_000)
_header("regex: parameters", lambda: b"Content-Disposition: attachment; " + b'filename="' * 25_000)
_header("regex: sections", lambda: b"Content-Disposition: attachment; " + b"filename*0*=" * 20_000)
_header("regex: percents", lambda: b"Content-Disposition: attachment; filename*=utf-8''" + b"%" * 200_000)
_header("regex: received", lambda: b"Received: " + b"from " * 50_000)
_header("regex: authentication results", lambda: b"Authentication-Results: x; " + b"dkim=(" * 40_000)
_header("regex: list id", lambda: b"List-Id: " + b"<" * 250_000)
_header("regex: auto-submitted", lambda: b"Auto-Submitted: " + b"(" * 250_000)
_header("regex: delivered to", lambda: b"\r\n ".join([b"X-Forwarded-To:", *[b"a@b"] * 40_000]))
_body("regex: hours", (b"10:10 " * 150 + b":\n") * 200)
_body("regex: long words", (b"x" * 990 + b":\n") * 1_000)
_body("regex: days", (b"1." * 450 + b":\n") * 200)

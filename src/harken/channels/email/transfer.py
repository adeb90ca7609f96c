"""Transfer encodings undone: base64, quoted-printable and uuencode, whole or damaged."""

import binascii
import re

_PIECE = re.compile(rb"[^=]+=*")
_FOOTER = re.compile(rb"[A-Za-z0-9+/][ \t]+[A-Za-z0-9+/]|[^A-Za-z0-9+/=\s]")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_PADDED_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_LONE_RETURN = re.compile(rb"=(?=\r)(?!\r*\n)")
_UU_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]+)\r*\n", re.M)
_UU_END = re.compile(rb"^end[ \t]*\r*(?:\n|\Z)", re.M)
_UU_NAMES = {"x-uuencode", "uuencode", "x-uue", "uue"}


def decode(body: bytes, encoding: str) -> bytes:
    """Return the content; as much of it as can be read when the encoding is damaged or unknown."""
    if encoding == "base64":
        return from_base64(body)
    if encoding == "quoted-printable":
        return from_quoted_printable(body)
    if encoding in _UU_NAMES:
        begin = _UU_BEGIN.search(body)
        return from_uu(body[begin.end() :]) if begin else from_uu(body)
    return body


def from_base64(body: bytes) -> bytes:
    """Read base64 with line breaks anywhere, foreign letters, missing padding, several pieces.

    Lists and virus scanners write their footer below the encoded lines: after the padding, what is
    no base64 ends the content.
    """
    whole = memoryview(body)
    out: list[bytes] = []
    for piece in _PIECE.finditer(body):
        if out and _is_footer(piece[0]):
            break
        out.append(_piece(whole[piece.start() : piece.end()]))
    return out[0] if len(out) == 1 else b"".join(out)


def _is_footer(piece: bytes) -> bool:
    return bool(_FOOTER.search(piece)) or len(b"".join(piece.split())) % 4 > 0


def _piece(piece: memoryview) -> bytes:
    try:
        return binascii.a2b_base64(piece)
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", piece)
        # One letter alone over a multiple of four holds six bits: no byte.
        whole = letters[:-1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def from_quoted_printable(body: bytes) -> bytes:
    """Read quoted-printable; an equals sign that escapes nothing stays as it is."""
    # Python's decoder keeps such a sign but for two cases: one of a pair, and all up to the next line feed.
    if b"==" in body:
        body = body.replace(b"==", b"=3D=").replace(b"==", b"=3D=")
    # Blanks that a server added behind a soft break (RFC 2045, 6.7).
    if b"= " in body or b"=\t" in body:
        body = _PADDED_BREAK.sub(b"=", body)
    if b"=\r" in body:
        body = _LONE_RETURN.sub(b"=3D", body)
    return binascii.a2b_qp(body)


def from_uu(lines: bytes) -> bytes:
    """Read uuencoded lines up to `end`; lines that are none are left out."""
    out = bytearray()
    for line in lines.splitlines():
        if line.strip() in {b"end", b"`"}:
            break
        out += _uu_line(line)
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    if not line:
        return b""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders pad the last group; the length byte says how much is meant.
        needed = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return binascii.a2b_uu(line[:needed])
        except binascii.Error:
            return b""


def uu_files(body: bytes) -> list[tuple[bytes, bytes]]:
    """Return the (name, content) of each file that was written into plain text the old way."""
    files, at = [], 0
    while begin := _UU_BEGIN.search(body, at):
        end = _UU_END.search(body, begin.end())
        if not end:
            break
        files.append((begin.group(1).strip(), from_uu(body[begin.end() : end.start()])))
        at = end.end()
    return files

"""Bytes to text when the declared charset may be missing, unknown or a lie.

The order of trust: a byte order mark, then valid UTF-8 (no other charset looks like it by chance), then
what was declared, then the guess that reads most like a language. `decode` never raises and never
gives U+FFFD for bytes that some charset can read.
"""

import codecs
import re
from collections.abc import Iterable
from functools import lru_cache

# Supersets of what mailers name: they write the small name and use the big set.
_REALLY = {
    "ascii": "",
    "us-ascii": "",
    "ansi_x3.4-1968": "",
    "7bit": "",
    "8bit": "",
    "unknown": "",
    "unknown-8bit": "",
    "x-unknown": "",
    "x-user-defined": "",
    "default": "",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "koi8": "koi8-r",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows-936": "gb18030",
    "euc-cn": "gb18030",
    "big5": "cp950",
    "big-5": "cp950",
    "cn-big5": "cp950",
    "x-x-big5": "cp950",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "cswindows31j": "cp932",
    "iso-2022-jp": "iso2022_jp",
    "iso-2022-jp-ms": "iso2022_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "x-euc-jp": "euc_jp",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "euc-kr": "cp949",
    "windows-949": "cp949",
}
_EAST_ASIAN = {"gb18030", "cp950", "big5hkscs", "cp932", "euc_jp", "cp949", "johab"}
_SHIFTING = (
    {"utf-7", "hz"}
    | {f"iso2022_jp{kind}" for kind in ("", "_1", "_2", "_3", "_2004", "_ext")}
    | {"iso2022_kr"}
)
# Python has codecs by these names that read no charset.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
_WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What each candidate's language is made of: its commonest letters, and letters it has at all.
_LANGUAGES = {
    "cp1251": ("оеаинтсрвлкм", "\u0400-\u04ff«»—–№…“”„"),
    "koi8-r": ("оеаинтсрвлкм", "\u0400-\u04ff"),
    "iso8859_5": ("оеаинтсрвлкм", "\u0400-\u04ff№"),
    "cp866": ("оеаинтсрвлкм", "\u0400-\u04ff№"),
    "cp1252": ("éèàçêôîâùäöüßåæøñóíáúãõ’", "\u00c0-\u00ff«»—–…“”‘’‚„€£§°·º"),
    "cp1256": ("اليمنوترب", "\u0600-\u06ff،؛؟"),
    "cp1255": ("יוהלאמרתבשנ", "\u0590-\u05ff"),
    "cp1253": ("αοιετσνηυρπκς", "\u0370-\u03ff"),
    "cp874": ("านรอกเงมยลวดทส", "\u0e00-\u0e7f"),
    "cp932": (
        "のにはをたがでてとしれさいなか、。ンスル様件書社会式株御請求注文願致申品日本",
        "\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e",
    ),
    "euc_jp": (
        "のにはをたがでてとしれさいなか、。ンスル様件書社会式株御請求注文願致申品日本",
        "\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e",
    ),
    "gb18030": (
        "的一是不了在人有我这个们中来上大为和国到以说时要就出会可你，。您请",
        "\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e",
    ),
    "cp950": (
        "的一是不了在人有我這個們中來上大為和國到以說時要就出會可你，。您請",
        "\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e",
    ),
    "cp949": ("이다는을의에가고하지한로기서요니사", "\uac00-\ud7a3\u3000-\u303f"),
}
_GUESS_FROM_BYTES = 8_000
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_ACCENTS_IN_A_ROW = re.compile("[à-ÿÀ-Ü]{3}")
_CAPITAL_INSIDE = re.compile("[а-яё][А-ЯЁ]")
_TWO_SCRIPTS = re.compile("[A-Za-z](?=[^\\W\x00-\x7f])|[^\\W\x00-\x7f](?=[A-Za-z])")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\([CDQ]|\([BJI])")
_ISO_2022_STEP = re.compile(rb"\x1b(\$[@B]|\$\([D]|\([BJI])")


def decode(raw: bytes, declared: str = "", hints: Iterable[str] = ()) -> str:
    """Return the text of `raw`; `hints` are charsets named elsewhere in the same mail."""
    codec = known(declared)
    if raw.isascii():
        return _seven_bit(raw, codec)
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return raw.decode(name, "replace").lstrip("\ufeff")
    return _as_utf8(raw, codec) or _as_declared(raw, codec) or _guessed(raw, codec, hints)


@lru_cache(maxsize=256)
def known(declared: str) -> str:
    """Return the codec behind a charset's name as mailers write it, `""` when there is none."""
    name = declared.strip().strip("\"'").lower()
    name = _REALLY.get(name, name)
    try:
        codec = codecs.lookup(name)
        b"".decode(name)
    except (LookupError, ValueError, UnicodeError):
        return _without_prefix(name)
    return "" if codec.name in _NO_CHARSETS else _REALLY.get(codec.name, codec.name)


def _without_prefix(name: str) -> str:
    shorter = re.sub(r"^(?:x-|cp-|cs|charset=)|[^\w.-].*$", "", name)
    return known(shorter) if shorter and shorter != name else ""


def _seven_bit(raw: bytes, codec: str) -> str:
    if b"\x1b" in raw and _ISO_2022.search(raw):
        return _iso_2022(raw, codec)
    looks_wide = codec in _WIDE and b"\0" in raw
    if looks_wide or codec in {"utf-7", "hz"}:
        return raw.decode(codec, "replace")
    return raw.decode("ascii")


def _as_utf8(raw: bytes, codec: str) -> str:
    if codec in _WIDE and b"\0" in raw:
        return ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    # Two-byte sequences alone happen by chance in East Asian text, three-byte ones do not.
    if codec in _EAST_ASIAN and not any(letter > "\u07ff" for letter in text):
        return ""
    return text


def _as_declared(raw: bytes, codec: str) -> str:
    if not codec or codec == "utf-8":
        return ""
    try:
        return _iso_2022(raw, codec) if codec in _SHIFTING and b"\x1b" in raw else raw.decode(codec)
    except UnicodeDecodeError:
        return "" if codec in _EAST_ASIAN | _SHIFTING else raw.decode(codec, "windows-western")


def _guessed(raw: bytes, codec: str, hints: Iterable[str]) -> str:
    if _mostly_utf8(raw):
        return raw.decode("utf-8", "windows-western")
    if codec in _EAST_ASIAN and _damage(raw, codec) < 0.02:
        return raw.decode(codec, "replace")
    hinted = {known(hint) for hint in hints}
    sample = raw[:_GUESS_FROM_BYTES]
    best = max(_LANGUAGES, key=lambda name: _likeness(sample, name) + (0.3 if name in hinted else 0))
    single_byte = best not in _EAST_ASIAN
    return raw.decode(best, "windows-western" if single_byte else "replace")


def _mostly_utf8(raw: bytes) -> bool:
    """Damaged UTF-8: nearly all bytes above 127 stand in valid sequences."""
    return _damage(raw, "utf-8") < 0.1


def _damage(raw: bytes, codec: str) -> float:
    sample = raw[: _GUESS_FROM_BYTES * 8]
    high = sum(byte > 127 for byte in sample) or 1
    return sample.decode(codec, "replace").count("\ufffd") / high


def _likeness(sample: bytes, name: str) -> float:
    """Say how much `sample`, read as `name`, looks like that charset's language (about 0 to 1)."""
    common, alphabet = _LANGUAGES[name]
    text = sample.decode(name, "replace")
    foreign = [letter for letter in text if letter > "\x7f"]
    if not foreign:
        return 0.0
    ours = len(re.findall(f"[{alphabet}]", text))
    usual = sum(text.count(letter) for letter in common)
    return (ours * 0.5 + usual * 0.5 - _oddities(text, name)) / len(foreign)


def _oddities(text: str, name: str) -> int:
    odd = text.count("\ufffd") * 3 + len(_HALF_WIDTH.findall(text))
    if name == "cp1252":
        return odd + 2 * len(_ACCENTS_IN_A_ROW.findall(text))
    if name in _EAST_ASIAN:
        return odd
    # A capital after a small letter: KOI8-R read as CP1251 or the other way round. Two scripts in a word: neither.
    return odd + len(_CAPITAL_INSIDE.findall(text)) + 2 * len(_TWO_SCRIPTS.findall(text))


def _iso_2022(raw: bytes, codec: str) -> str:
    for name in (codec, "iso2022_jp", "iso2022_jp_ext", "iso2022_kr"):
        try:
            if name in _SHIFTING:
                return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return _japanese_with_vendor_letters(raw)


def _japanese_with_vendor_letters(raw: bytes) -> str:
    """Read ISO-2022-JP with NEC and IBM letters (①, ㈱): Python's codecs refuse them, CP932 has them."""
    pieces = _ISO_2022_STEP.split(raw)
    text = _loosely(pieces[0])
    for step, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if step.startswith(b"$"):
            text += _loosely(_shift_jis(piece))
        elif step == b"(I":
            text += _loosely(bytes(byte | 0x80 for byte in piece))
        else:
            text += _loosely(piece)
    return text


def _loosely(raw: bytes) -> str:
    return raw.decode("cp932", "replace")


def _shift_jis(pairs: bytes) -> bytes:
    """JIS row and cell to Shift JIS lead and trail (JIS X 0208, annex 1)."""
    out = bytearray()
    step = 0
    while step < len(pairs):
        row = pairs[step]
        if row < 0x21 or step + 1 == len(pairs):
            out.append(row)
            step += 1
            continue
        cell = pairs[step + 1]
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell >= 0x60 else 0x1F)
        out += bytes((lead & 0xFF, trail & 0xFF))
        step += 2
    return bytes(out)


def _windows_western(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that does not fit as Windows' western set: a word survives where U+FFFD would not."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in stray), error.end


codecs.register_error("windows-western", _windows_western)

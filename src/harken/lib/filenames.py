"""File names from outside, made safe to show, to store and to save under."""

import mimetypes
import re
import unicodedata

MAX_LENGTH = 120
LONGEST_DECLARED = 255

# Windows keeps these for devices, with any ending.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_KEPT_ENDING = re.compile(r"\.[\w-]{1,10}$")
_JOINERS = "\u200c\u200d"


def safe(name: str, media_type: str = "", fallback: str = "attachment") -> str:
    """Return a name without path, control or direction characters; never empty, the ending kept when cut.

    Joiners stay between letters, where Persian and Hindi need them.
    """
    base = re.split(r"[/\\]", _shown(name).strip().rstrip("/\\"))[-1]
    base = _FORBIDDEN.sub("_", " ".join(base.split())).strip(". ")
    if not base.strip("_"):
        base = fallback + (mimetypes.guess_extension(media_type) or "")
    if _DEVICES.match(base):
        base = f"_{base}"
    return _shortened(base)


def declared(name: str) -> str:
    """Return the name as it was given, its path with it, fit to show and not to save under.

    `""` when it says no more than `safe` does, and for a path that climbs: that is no name.
    """
    given = " ".join(_shown(name).split())[:LONGEST_DECLARED]
    climbs = ".." in re.split(r"[/\\]", given)
    return "" if climbs or given == safe(name) else given


def _shown(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return "".join(letter for at, letter in enumerate(composed) if _stays(composed, at, letter))


def _stays(name: str, at: int, letter: str) -> bool:
    if letter in _JOINERS:
        return name[at - 1 : at].isalpha() and not name[at - 1 : at].isascii()
    # Cc controls, Cf directions and zero widths, Cs lone surrogates, Co and Cn nothing a font knows.
    return (
        unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or letter in "\t\n\r"
    )


def _shortened(name: str) -> str:
    if len(name) <= MAX_LENGTH:
        return name
    match = _KEPT_ENDING.search(name)
    ending = match[0] if match else ""
    return name[: MAX_LENGTH - len(ending)].rstrip(". ") + ending

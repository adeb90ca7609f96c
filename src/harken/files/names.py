"""Names of files as strangers give them, made fit to show and to save under."""

import re
import unicodedata

LONGEST_NAME_BYTES = 180
LONGEST_ENDING_BYTES = 20
NAMELESS = "file"

# Control and format characters (direction marks, zero-width signs), surrogates, private ones, line ends:
# they hide an ending or turn it round ("gpj.exe" shown as "exe.jpg"), and none of them is part of a name.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_FORBIDDEN_BY_WINDOWS = re.compile(r'[<>:"|?*]')


def safe_name(name: str) -> str:
    """Return the name without path, hidden characters and what a file system refuses; never empty."""
    seen = "".join(
        sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign) not in _UNSEEN
    )
    last = re.split(r"[/\\]", seen)[-1]
    plain = _FORBIDDEN_BY_WINDOWS.sub("_", " ".join(last.split()))
    return _shortened(plain.lstrip(".").strip(". ")) or NAMELESS


def _shortened(name: str) -> str:
    """Cut the middle out of a long name, so that its ending still says what it is."""
    if len(name.encode()) <= LONGEST_NAME_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > LONGEST_ENDING_BYTES:
        stem, ending = name, ""
    room = LONGEST_NAME_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + (f".{ending}" if ending else "")

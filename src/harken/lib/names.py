"""People's and companies' names: initials for a small square, and keys to sort by."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+", re.UNICODE)


def initials(name: str) -> str:
    """Return one or two letters for a name: `Priya Raman` is PR, `中村 由美` is 中, `ann@example.com` is A."""
    words = _WORD.findall(name.partition("@")[0])
    if not words:
        return "?"
    if _is_ideographic(words[0][0]) or len(words) == 1:
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


def sort_key(name: str) -> str:
    """Return a key by which names sort as people expect: case and accents folded, digits by value; at most 300."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub(r"\d+", lambda digits: digits[0].zfill(8), " ".join(bare.split()))[:300]


def _is_ideographic(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL"))


def first_name(name: str) -> str:
    """Return the first word of a name, as colleagues call each other; `""` for none."""
    return next(iter(name.split()), "")

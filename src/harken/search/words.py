"""From text to the words it is found by: folded alike in the index and in what is asked.

Case, width and marks do not matter: ọjà is found by oja, أحمد by احمد, ё by е. What is written without spaces is cut
into pairs of letters that overlap; a run's last letter stands alone too, so that each letter begins a word.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

LONGEST_WORD = 60
# PostgreSQL's tsvector holds a megabyte of words.
MOST_WORD_BYTES = 600_000
MOST_LETTERS = 2_000_000

_UNSPACED = (
    "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(f"([{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc]{4,}")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A line of a letter may end anywhere in a text without spaces.
_BROKEN = re.compile(f"(?<=[{_UNSPACED}])[ \\t]*\\n[ \\t]*(?=[{_UNSPACED}])")

_DROPPED = (
    *range(0x0300, 0x0370),  # marks set over Latin, Greek and Cyrillic letters
    *(0x0640, *range(0x064B, 0x0660), 0x0670, *range(0x06D6, 0x06DD)),  # tatweel and vowel signs
    *(0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF),
)
_ALIKE = {
    **dict.fromkeys("آأإٱ", "ا"),
    "ى": "ي",
    "ی": "ي",
    "ئ": "ي",
    "ؤ": "و",
    "ة": "ه",
    "ک": "ك",
    "ё": "е",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "ı": "i",
    "þ": "th",
    "ð": "d",
    **{chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0) for digit in range(10)},
}


def _base(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]


_MARKED = {code: _base(chr(code)) for code in chain(range(0xC0, 0x250), range(0x1E00, 0x1F00))}
_FOLDING = {**_MARKED, **dict.fromkeys(_DROPPED, ""), **{ord(one): other for one, other in _ALIKE.items()}}


def fold(text: str) -> str:
    """Return the text in small letters without marks, signs of one sound or shape made one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).lower().translate(_FOLDING)


def fold_unbroken(text: str) -> str:
    """Return the text folded, with the lines that end inside a text without spaces made one."""
    folded = fold(text[:MOST_LETTERS])
    return folded if folded.isascii() else _BROKEN.sub("", folded)


def sequence(text: str) -> list[str]:
    """Return the words of a text in their order, each as often as it is there; addresses in their parts."""
    return list(_sequence(fold_unbroken(text)))


def words_of(text: str) -> set[str]:
    """Return the words a text is found by: those of `sequence`, whole addresses, long words in katakana."""
    folded = fold_unbroken(text)
    found = set(_sequence(folded))
    if "@" in folded:
        found.update(address for address in _ADDRESS.findall(folded) if len(address) <= LONGEST_WORD)
    if not folded.isascii():
        found.update(word[:LONGEST_WORD] for word in _KATAKANA.findall(folded))
    return found


def is_address(word: str) -> bool:
    """Say whether a folded word is a whole mail address."""
    return bool(_ADDRESS.fullmatch(word)) and len(word) <= LONGEST_WORD


def is_unspaced(word: str) -> bool:
    """Say whether a folded word is of a script that knows no spaces."""
    return bool(word) and _is_unspaced(word[0])


def pairs(run: str) -> list[str]:
    """Return what a run without spaces is asked by: its pairs, or the letter where it is one."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def runs(text: str) -> Iterator[str]:
    """Return the words of what somebody asked; what has no spaces stays whole."""
    return (found[0][:LONGEST_WORD] for found in _WORD.finditer(fold(text)))


def fitting(words: set[str]) -> list[str]:
    """Return as many words as one row may hold, sorted."""
    room, kept = MOST_WORD_BYTES, []
    for word in sorted(words):
        room -= len(word.encode()) + 4
        if room < 0:
            break
        kept.append(word)
    return kept


def _sequence(folded: str) -> Iterator[str]:
    for found in _WORD.finditer(folded):
        run = found[1]
        if run is None:
            yield found[0][:LONGEST_WORD]
        else:
            if len(run) > 1:
                yield from pairs(run)
            yield run[-1]


@lru_cache(maxsize=4096)
def _is_unspaced(letter: str) -> bool:
    return bool(re.match(f"[{_UNSPACED}]", letter))

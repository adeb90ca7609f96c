"""From text to the words it is found by: folded alike in the index and in what is asked.

Case, width and marks do not matter: ọjà is found by oja, أحمد by احمد, ё by е. What is written without spaces is cut
into pairs of letters that overlap; a run's last letter stands alone too, so that each letter begins a word.
"""

import re
import unicodedata
from collections.abc import Iterator, Set
from functools import lru_cache
from itertools import chain

LONGEST_WORD = 60
PIECE = LONGEST_WORD // 2
LONGEST_NAME = 200
# PostgreSQL's tsvector holds a megabyte of words.
MOST_WORD_BYTES = 600_000
MOST_LETTERS = 2_000_000

_UNSPACED = (
    "\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(f"([{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")
_SPACED = re.compile(r"[^\W_]+")
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
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
_FOLDING = {
    **{chr(code): letter for code, letter in _MARKED.items() if chr(code) != letter},
    **dict.fromkeys(map(chr, _DROPPED), ""),
    **_ALIKE,
}
# Few letters of a text are among them: to look for these is ten times as fast as to translate each letter.
_FOLDED = re.compile(f"[{''.join(map(re.escape, sorted(_FOLDING)))}]")


def fold(text: str) -> str:
    """Return the text in small letters without marks, signs of one sound or shape made one."""
    if text.isascii():
        return text.lower()
    return _FOLDED.sub(_folded, unicodedata.normalize("NFKC", text).lower())


def _folded(letter: re.Match[str]) -> str:
    return _FOLDING[letter[0]]


def fold_unbroken(text: str) -> str:
    """Return the text folded, with the lines that end inside a text without spaces made one."""
    folded = fold(text[:MOST_LETTERS])
    return folded if folded.isascii() else _BROKEN.sub("", folded)


def sequence(text: str) -> list[str]:
    """Return the words of a text in their order, each as often as it is there; addresses in their parts."""
    return _sequence(fold_unbroken(text))


def words_of(text: str) -> set[str]:
    """Return the words a text is found by: those of `sequence`, whole addresses, long words in katakana."""
    folded = fold_unbroken(text)
    found = set(_sequence(folded))
    if "@" in folded:
        found.update(address for address in _ADDRESS.findall(folded) if len(address) <= LONGEST_WORD)
    if not folded.isascii():
        found.update(piece for word in _KATAKANA.findall(folded) for piece in _pieces(word))
    return found


def words_of_name(name: str) -> Set[str]:
    """Return the words of a name, a subject or an address: as `words_of`, but soon where many messages share it."""
    return _words_kept(name) if len(name) <= LONGEST_NAME else words_of(name)


def is_address(word: str) -> bool:
    """Say whether a folded word is a whole mail address."""
    return bool(_ADDRESS.fullmatch(word)) and len(word) <= LONGEST_WORD


def is_unspaced(word: str) -> bool:
    """Say whether a folded word is of a script that knows no spaces."""
    return bool(word) and _is_unspaced(word[0])


def katakana_in(run: str) -> list[str]:
    """Return the long parts in katakana of a run without spaces; each stands in a text within a word of `words_of`."""
    return [part for part in _KATAKANA.findall(run) if len(part) <= PIECE]


def _pieces(word: str) -> Iterator[str]:
    """A word, or pieces of it that overlap, so that whatever part of it is asked stands in one of them whole."""
    yield word[:LONGEST_WORD]
    for begin in range(PIECE, len(word) - PIECE, PIECE):
        yield word[begin : begin + LONGEST_WORD]


def pairs(run: str) -> list[str]:
    """Return what a run without spaces is asked by: its pairs, or the letter where it is one."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def runs(text: str) -> Iterator[str]:
    """Return the words of what somebody asked; what has no spaces stays whole."""
    return (found[0][:LONGEST_WORD] for found in _WORD.finditer(fold(text)))


def fitting(words: set[str]) -> list[str]:
    """Return as many words as one row may hold, the first in order."""
    # A letter has at most four bytes.
    if 4 * sum(map(len, words)) + 4 * len(words) < MOST_WORD_BYTES:
        return list(words)
    room, kept = MOST_WORD_BYTES, []
    for word in sorted(words):
        room -= len(word.encode()) + 4
        if room < 0:
            break
        kept.append(word)
    return kept


def _sequence(folded: str) -> list[str]:
    if folded.isascii() or not _ANY_UNSPACED.search(folded):
        return [word[:LONGEST_WORD] for word in _SPACED.findall(folded)]
    words: list[str] = []
    for found in _WORD.finditer(folded):
        run = found[1]
        if run is None:
            words.append(found[0][:LONGEST_WORD])
        else:
            if len(run) > 1:
                words += pairs(run)
            words.append(run[-1])
    return words


@lru_cache(maxsize=4096)
def _words_kept(name: str) -> Set[str]:
    return frozenset(words_of(name))


@lru_cache(maxsize=4096)
def _is_unspaced(letter: str) -> bool:
    return bool(re.match(f"[{_UNSPACED}]", letter))

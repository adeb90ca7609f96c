"""Names in many scripts, spelt with a to z: for addresses, where only those survive being typed and dictated."""

import re
import unicodedata


def _table(letters: str, spelt: str) -> dict[str, str]:
    words = (word.replace("_", "") for word in spelt.split())
    return dict(zip(letters, words, strict=True))


_CYRILLIC = _table(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџ",
    "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i yi ye g u dj j lj nj c dz",
)
_GREEK = _table("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
# Arabic writes no short vowels: what comes out is the skeleton, which people who write the name this way read.
_ARABIC = _table(
    "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءپچژگکی",
    "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a _ p ch zh g k y",
)
_LETTERS = _CYRILLIC | _GREEK | _ARABIC
_LATIN = {
    "ß": "ss",
    "æ": "ae",
    "ø": "o",
    "å": "a",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "œ": "oe",
}
_IRREGULAR_KANA = {"si": "shi", "ti": "chi", "tu": "tsu", "hu": "fu", "zi": "ji", "di": "ji", "du": "zu"}
_KANA = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (SMALL )?([A-Z]+)$")


def romanised(text: str) -> str:
    """Return the text in a to z and digits as far as that is possible; Chinese characters, which say no sound, go.

    Japanese kana are read syllable by syllable: `フェンネル` is `fenneru`, good enough to recognise.
    """
    spelt = ""
    for letter in unicodedata.normalize("NFKC", text).lower():
        kana = _KANA.match(unicodedata.name(letter, ""))
        if kana:
            spelt = _with_syllable(spelt, kana[2].lower(), is_small=kana[1] is not None)
        else:
            spelt += _spelt(letter)
    return spelt


def slug_of(name: str, longest: int = 50) -> str:
    """Return a name as one word of an address: `Crème & Co. 2` is `creme-co-2`, `Фирма Флора` is `firma-flora`."""
    words = re.findall(r"[a-z0-9]+", romanised(name).replace("'", ""))
    return "-".join(words)[:longest].strip("-")


def _spelt(letter: str) -> str:
    for table in (_LETTERS, _LATIN):
        if letter in table:
            return table[letter]
    bare = unicodedata.normalize("NFD", letter)[0]
    if bare != letter:
        return _spelt(bare)
    return letter if letter.isascii() and letter.isalnum() else "" if _is_mark(letter) else " "


def _with_syllable(spelt: str, syllable: str, *, is_small: bool) -> str:
    if not is_small:
        return spelt + _IRREGULAR_KANA.get(syllable, syllable)
    # A small tsu doubles the consonant after it, which an address can do without; any other small letter takes
    # the place of the vowel before it: fu + e is fe, ki + ya is kya, shi + ya is sha.
    if syllable == "tu":
        return spelt
    before = spelt[:-1]
    return before + (syllable.removeprefix("y") if before.endswith(("sh", "ch", "j")) else syllable)


def _is_mark(letter: str) -> bool:
    return (
        unicodedata.combining(letter) > 0
        or unicodedata.category(letter) in ("Lm", "Cf", "Mn")
        or letter in "'’`"
    )

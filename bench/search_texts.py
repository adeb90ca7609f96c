"""Letters in five languages, of words that some use often and most seldom, the same every time."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import accumulate

SHARES = {"en": 40, "ru": 30, "ja": 15, "ar": 12, "yo": 3}
WORDS_KNOWN = 20_000
WORDS_WRITTEN = 110

_SYLLABLES = {
    "en": ("b c d f g h l m n p r s t v w st tr pl ch sh", "a e i o u ea ou ai", "n r s t l nd st ck m"),
    "ru": ("б в г д ж з к л м н п р с т х ч ш ст пр", "а е и о у ы я ё", "н р с т л к м в"),
    "ar": ("ب ت ج ح د ر س ش ص ط ع ف ق ك ل م ن ه", "ا و ي", "ب د ر س ل م ن ت"),
    "yo": ("b d f g h j k l m n p r s t w y gb ṣ", "a e ẹ i o ọ á é ẹ́ í ó ọ́ à è ẹ̀ ì ò ọ̀ ú ù", " "),
    "kana": ("カ キ ク ケ コ サ シ ス タ チ テ ト ナ ニ ハ ヒ マ ミ ラ リ ル レ ロ", "ー ン ッ ", " "),
}
_PARTICLES = ("は", "が", "を", "に", "で", "の", "と", "も", "から", "まで", "です。", "ます。")


class Tongue:
    """The words of a language, the frequent ones first, and sentences made of them."""

    def __init__(self, language: str) -> None:
        self._random = random.Random(language)
        self._is_japanese = language == "ja"
        make: Callable[[], str] = self._kanji if self._is_japanese else partial(self._word, language)
        self.words = list(dict.fromkeys(make() for _ in range(WORDS_KNOWN)))
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def letters(self) -> Iterator[str]:
        """Texts without end."""
        while True:
            chosen = self._random.choices(self.words, cum_weights=self._weights, k=WORDS_WRITTEN)
            if self._is_japanese:
                yield "".join(f"{word}{self._random.choice(_PARTICLES)}" for word in chosen)
            else:
                yield " ".join(chosen) + "."

    def _kanji(self) -> str:
        if self._random.random() < 0.3:
            return "".join(
                self._part("kana", 0) + self._part("kana", 1) for _ in range(self._random.choice((2, 3, 4)))
            )
        return "".join(
            chr(self._random.randrange(0x4E00, 0x5400)) for _ in range(self._random.choice((2, 2, 3)))
        )

    def _word(self, language: str) -> str:
        count = self._random.choice((1, 2, 2, 3, 3, 4))
        parts = [self._part(language, 0) + self._part(language, 1) for _ in range(count)]
        return "".join(parts) + self._part(language, 2).strip()

    def _part(self, language: str, which: int) -> str:
        return self._random.choice(_SYLLABLES[language][which].split(" "))


def slipped(word: str, chance: random.Random) -> str:
    """The word with one slip: a letter exchanged with its neighbour, missing, doubled, or another."""
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0 and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    other = chance.choice([letter for letter in word if letter != word[at]] or ["x"])
    return word[:at] + other + word[at + 1 :]

"""What our code says, and the catalogue of each language: `python -m tests.house.catalogues` renews them all.

A catalogue is `src/harken/locale/<language>/LC_MESSAGES/django.po`; the product reads the `.mo` made beside it.
"""

import gettext
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).resolve().parents[2] / "src" / "harken"
LANGUAGES = ("ru", "ja", "ar", "yo")
MISSING = "is not translated"
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "plural_forms": (1, 2),
}
# As the pages are rendered. What cannot be parsed fails instead of being left out.
_JINJA = {"silent": "false", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
_PIECE = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|</?\w[^>]*>")
_NUMBERS = {
    "%(num)s",
    "%(num)d",
    "%(count)s",
    "%(count)d",
    "%(limit_value)d",
    "%d",
    "%(most)s",
    "%(most)d",
    "{seconds}",
}
# Babel puts Arabic's last two forms the other way round than gettext's manual, Django and every translator.
_PLURALS = {
    "ar": "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)"
}
_NOT_SPOKEN = {"tests", "migrations"}


class LanguageCatalog(Catalog):
    """A catalogue whose header says nothing that changes by itself."""

    @property
    def plural_expr(self) -> str:
        return _PLURALS.get(str(self.locale_identifier), super().plural_expr)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Plural-Forms", self.plural_forms),
        ]


def catalogue_of(language: str, house: Path = HOUSE) -> Path:
    return house / "locale" / language / "LC_MESSAGES" / "django.po"


@cache
def said(house: Path = HOUSE) -> Catalog:
    """Everything that our Python files and templates say, in the order of files and lines."""
    found = Catalog()
    for path in sorted(house.rglob("*.py")):
        if not _NOT_SPOKEN & set(path.relative_to(house).parts):
            _add(found, path, path.relative_to(house.parent))
    for path in sorted(house.glob("*/templates/**/*.html")):
        _add(found, path, path.relative_to(house.parent))
    return found


def written(language: str, house: Path = HOUSE) -> LanguageCatalog:
    """The catalogue as it lies there; empty where none does."""
    catalog, path = _blank(language), catalogue_of(language, house)
    if path.exists():
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    catalog[message.id] = message
    return catalog


def renewed(language: str, house: Path = HOUSE) -> LanguageCatalog:
    """The catalogue with all that is said and nothing else; what is translated stays."""
    catalog, known = _blank(language), written(language, house)
    for message in said(house):
        if message.id:
            old = known.get(message.id, message.context)
            keeps = old is not None and old.id == message.id and not old.fuzzy
            catalog.add(
                message.id,
                old.string if old is not None and keeps else _nothing(message, catalog.num_plurals),
                locations=message.locations,
                auto_comments=message.auto_comments,
                context=message.context,
            )
    return catalog


def as_po(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, catalog, width=0, include_lineno=False)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    """What gettext reads: half a translation would hide the English one, and is left out."""
    whole, file = _blank(str(catalog.locale)), io.BytesIO()
    for message in catalog:
        if message.id and all(strings(message)):
            whole[message.id] = message
    write_mo(file, whole)
    return file.getvalue()


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def faults(catalog: Catalog) -> list[str]:
    """What a reader would stumble over: no words, half of the forms, another placeholder or tag, a guess."""
    return [
        f"{catalog.locale_identifier}: {fault}: {message.id!r}"
        for message in catalog
        if message.id
        for fault in _faults(message, catalog)
    ]


def renew(house: Path = HOUSE) -> Iterator[str]:
    """Write both files of every language; yield how much each still misses, and what is wrong with the rest."""
    for language in LANGUAGES:
        catalog, path = renewed(language, house), catalogue_of(language, house)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        missing = sum(not all(strings(message)) for message in catalog if message.id)
        yield f"{language}: {len(catalog)} messages, {missing} without a translation"
        yield from (fault for fault in faults(catalog) if MISSING not in fault)


def _add(catalog: Catalog, path: Path, place: Path) -> None:
    method, options = ("jinja2", _JINJA) if path.suffix == ".html" else ("python", {})
    found = extract_from_file(method, path, _KEYWORDS, ("Translators:",), options, strip_comment_tags=True)
    for line, words, comments, context in found:
        catalog.add(words, locations=[(place.as_posix(), line)], auto_comments=comments, context=context)


def _blank(language: str) -> LanguageCatalog:
    name = Locale.parse(language).get_language_name("en")
    return LanguageCatalog(locale=language, header_comment=f"# Harken in {name}.", fuzzy=False)


def _faults(message: Message, catalog: Catalog) -> Iterator[str]:
    given = strings(message)
    if message.fuzzy:
        yield "is only guessed"
    if len(given) != (catalog.num_plurals if message.pluralizable else 1):
        yield "has not the forms that the language has"
    elif not all(given):
        yield MISSING
    else:
        said_here = [message.id] if isinstance(message.id, str) else list(message.id)
        forms_of_one = _forms_of_one_number(catalog) if message.pluralizable else set()
        for form, string in enumerate(given):
            missing = _pieces(said_here[-1]) - _pieces(string)
            unknown = _pieces(string) - _pieces(said_here[-1])
            # “One letter” needs no numeral.
            if unknown or (missing and not (form in forms_of_one and missing <= _NUMBERS)):
                yield f"says {string!r} with other placeholders or tags"
            if _edges(string) != _edges(said_here[-1]):
                yield f"says {string!r} with other blanks at its ends"


def _forms_of_one_number(catalog: Catalog) -> set[int]:
    form_of = gettext.c2py(catalog.plural_expr)
    uses = Counter(form_of(number) for number in range(200))
    return {form for form, times in uses.items() if times == 1}


def _pieces(words: str) -> set[str]:
    return set(_PIECE.findall(words))


def _edges(words: str) -> tuple[str, str]:
    return words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]


def _nothing(message: Message, plural_forms: int) -> str | tuple[str, ...]:
    return ("",) * plural_forms if message.pluralizable else ""


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in renew())

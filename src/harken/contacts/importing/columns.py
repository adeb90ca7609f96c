"""What a column of a file may be, and how it is recognised by its heading."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.contacts.models import PeopleImport
from harken.lib.names import sort_key
from harken.lib.sheets import unshielded


@dataclass(frozen=True)
class Column:
    """A field that a column can fill; `headings` are words that name it besides its label in our languages."""

    name: str
    label: str | Promise
    headings: tuple[str, ...]


_PLAN = (
    Column("plan", _("Plan"), ("plan", "tariff", "тариф", "план", "プラン", "الخطة")),
    Column("price", _("Price"), ("price", "цена", "料金", "السعر")),
    Column(
        "seats", _("Seats in use"), ("seats", "seats in use", "users", "мест", "места", "席数", "المقاعد")
    ),
    Column("seats_bought", _("Seats bought"), ("seats bought", "licences", "licenses", "куплено мест")),
)
PEOPLE = (
    Column(
        "name", _("Name"), ("name", "full name", "contact", "имя", "фио", "名前", "氏名", "الاسم", "orukọ")
    ),
    Column("first_name", _("First name"), ("first name", "given name", "firstname", "名")),
    Column("last_name", _("Last name"), ("last name", "surname", "family name", "lastname", "фамилия", "姓")),
    Column(
        "email",
        _("E-mail"),
        (
            "e-mail",
            "email",
            "mail",
            "e-mail address",
            "email address",
            "почта",
            "эл. почта",
            "メール",
            "البريد",
        ),
    ),
    Column(
        "phone", _("Phone"), ("phone", "telephone", "mobile", "tel", "телефон", "電話", "電話番号", "الهاتف")
    ),
    Column(
        "company",
        _("Company"),
        ("company", "organisation", "organization", "компания", "会社", "会社名", "الشركة"),
    ),
    Column(
        "job",
        _("What they do"),
        ("job", "job title", "title", "role", "what they do", "должность", "役職", "الوظيفة"),
    ),
    Column("time_zone", _("Time zone"), ("time zone", "timezone")),
    Column("note", _("Note"), ("note", "notes", "comment", "заметка", "メモ", "ملاحظة")),
)
COMPANIES = (
    Column(
        "name",
        _("Name"),
        ("name", "company", "organisation", "organization", "название", "компания", "会社名", "الشركة"),
    ),
    Column("domain", _("Domain"), ("domain", "website", "site", "web", "url", "домен", "сайт", "ドメイン")),
    Column("about", _("About them"), ("about", "about them", "description", "описание", "説明")),
    Column("customer_since", _("Customer since"), ("customer since", "since", "клиент с")),
    *_PLAN,
    Column("note", _("Note"), ("note", "notes", "comment", "заметка", "メモ", "ملاحظة")),
)


def columns_for(what: str) -> tuple[Column, ...]:
    """Return the columns there are for people or for companies."""
    return PEOPLE if what == PeopleImport.What.PEOPLE else COMPANIES


def guessed(headings: list[str], columns: Sequence[Column]) -> list[str]:
    """Return for each heading the column it names, `""` where none does; no column is guessed twice.

    A heading that names several is the first of them, and where it stands again the next.
    """
    known = defaultdict[str, list[str]](list)
    for column in columns:
        for word in dict.fromkeys(map(_folded, (*column.headings, *_labels(column)))):
            known[word].append(column.name)
    found: list[str] = []
    for heading in headings:
        left = (name for name in known.get(_folded(unshielded(heading)), ()) if name not in found)
        found.append(next(left, ""))
    return found


def _labels(column: Column) -> Iterator[str]:
    """What an export calls it, in every language that its reader may have."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield str(column.label)


def _folded(heading: str) -> str:
    return sort_key(re.sub(r"[_*:]+", " ", heading))

"""The catalogues of translations, and the pages that speak from them."""

import gettext
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils import translation
from jinja2 import TemplateSyntaxError

from tests.house import catalogues
from tests.house.catalogues import LANGUAGES, LanguageCatalog, as_mo, as_po, catalogue_of, renewed, written

RENEW = "run .venv/bin/python -m tests.house.catalogues"


def make_house(tmp_path: Path, *, python: str = "", template: str = "") -> Path:
    house = tmp_path / "harken"
    (house / "room" / "templates").mkdir(parents=True)
    (house / "room" / "models.py").write_text(python)
    (house / "room" / "templates" / "page.html").write_text(template)
    return house


def make_catalogue(language: str, said, string, **more) -> Catalog:
    catalog = LanguageCatalog(locale=language, fuzzy=False)
    catalog.add(said, string, **more)
    return catalog


def ids_of(catalog: Catalog) -> set:
    return {message.id for message in catalog if message.id}


def test_every_language_of_the_interface_has_a_catalogue():
    assert {"en", *LANGUAGES} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_all_that_is_said_and_nothing_else(language):
    assert catalogue_of(language).read_bytes() == as_po(renewed(language)), RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_product_reads_is_made_of_the_catalogue(language):
    assert catalogue_of(language).with_suffix(".mo").read_bytes() == as_mo(written(language)), RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language):
    assert catalogues.faults(written(language)) == []


def test_every_way_to_say_something_is_found(tmp_path):
    python = """
from django.utils.translation import gettext, gettext_lazy as _, ngettext, npgettext, pgettext
a = _("Lazy " "in two pieces")
b = gettext("At once")
c = ngettext("%d file", "%d files", 2)
d = pgettext("a verb", "Open")
e = npgettext("mail", "%d letter", "%d letters", 2)
"""
    template = (
        '{{ button(label=_("In a macro")) }}{{ say(ngettext("%(num)s day", "%(num)s days", n)) }}'
        '<a title="{{ _("In an attribute") }}">{% if _("In a condition") %}{% endif %}</a>'
    )

    found = ids_of(catalogues.said(make_house(tmp_path, python=python, template=template)))

    assert found == {
        "Lazy in two pieces",
        "At once",
        ("%d file", "%d files"),
        "Open",
        ("%d letter", "%d letters"),
        "In a macro",
        ("%(num)s day", "%(num)s days"),
        "In an attribute",
        "In a condition",
    }


def test_a_template_that_cannot_be_read_is_not_left_out_in_silence(tmp_path):
    with pytest.raises(TemplateSyntaxError):
        catalogues.said(make_house(tmp_path, template='{{ _("Good") }}{% if %}'))


def test_renewing_keeps_what_is_translated_and_drops_what_nobody_says(tmp_path):
    house = make_house(tmp_path, python='_("Kept"); _("New"); ngettext("%d day", "%d days", 1)')
    catalogue_of("ja", house).parent.mkdir(parents=True)
    old = make_catalogue("ja", "Kept", "そのまま")
    old.add("Gone", "なくなった")
    old.add("New", "推測", flags=["fuzzy"])
    catalogue_of("ja", house).write_bytes(as_po(old))

    new = renewed("ja", house)

    assert {"Kept", "New", ("%d day", "%d days")} <= ids_of(new)
    assert "Gone" not in new
    assert (new["Kept"].string, new["New"].string, new["%d day"].string) == ("そのまま", "", ("",))


@pytest.mark.parametrize(
    ("said", "string"),
    [
        ("Hello", ""),
        ("Hello %(name)s", "Привет"),
        ("Hello %(name)s", "Привет, %(nom)s"),
        ("Hello {name}", "Привет, {имя}"),
        ("<b>Hello</b>", "Привет"),
        ("Hello ", "Привет"),
        (("%(num)s day", "%(num)s days"), ("%(num)s день", "%(num)s дня", "")),
        (("%(num)s day", "%(num)s days"), ("%(num)s день", "%(num)s дня")),
        (("%(num)s day", "%(num)s days"), ("день", "%(num)s дня", "%(num)s дней")),
    ],
)
def test_a_faulty_translation_is_named(said, string):
    assert catalogues.faults(make_catalogue("ru", said, string))


def test_a_guess_is_named():
    assert catalogues.faults(make_catalogue("ru", "Hello", "Привет", flags=["fuzzy"]))


def test_a_form_that_stands_for_one_number_alone_may_leave_the_numeral_out():
    forms = ("لا أيام", "يوم واحد", "يومان", "%(num)s أيام", "%(num)s يومًا", "%(num)s يوم")

    assert catalogues.faults(make_catalogue("ar", ("%(num)s day", "%(num)s days"), forms)) == []


@pytest.mark.parametrize(
    ("number", "words"), [(0, "لا أيام"), (1, "يوم واحد"), (2, "يومان"), (3, "3 أيام"), (11, "11 يومًا")]
)
def test_all_forms_of_a_plural_are_read(number, words):
    forms = ("لا أيام", "يوم واحد", "يومان", "%(num)s أيام", "%(num)s يومًا", "%(num)s يوم")
    catalogue = make_catalogue("ar", ("%(num)s day", "%(num)s days"), forms)

    said = gettext.GNUTranslations(io.BytesIO(as_mo(catalogue))).ngettext(
        "%(num)s day", "%(num)s days", number
    )

    assert said % {"num": number} == words


def test_half_a_translation_does_not_hide_the_english_one():
    catalogue = make_catalogue("ja", "Whole", "全部")
    catalogue.add(("%(num)s day", "%(num)s days"), ("",))
    catalogue.add("Untouched", "")

    read = gettext.GNUTranslations(io.BytesIO(as_mo(catalogue)))

    assert (read.gettext("Whole"), read.gettext("Untouched")) == ("全部", "Untouched")
    assert read.ngettext("%(num)s day", "%(num)s days", 2) == "%(num)s days"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browsers_language_is_spoken_at_the_door(client, db, language):
    page = client.get("/accounts/login/", headers={"Accept-Language": f"{language};q=0.9, en;q=0.5"})

    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}"' in page.content.decode()
    assert page.headers["Content-Language"] == language


def test_the_catalogues_of_the_house_are_looked_into():
    assert [str(catalogues.HOUSE / "locale")] == [str(folder) for folder in settings.LOCALE_PATHS]
    assert all(translation.check_for_language(language) for language in LANGUAGES)

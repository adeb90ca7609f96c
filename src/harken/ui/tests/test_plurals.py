import json

from django.utils import translation

from harken.ui.plurals import plural_forms


def test_english_has_two_forms():
    with translation.override("en"):
        assert json.loads(plural_forms("%(num)s cake", "%(num)s cakes")) == {
            "one": "# cake",
            "other": "# cakes",
        }


def test_every_form_of_a_language_is_there_by_its_name():
    forms = {}
    for language in ("ru", "ar", "ja"):
        with translation.override(language):
            forms[language] = set(json.loads(plural_forms("%(num)s cake", "%(num)s cakes")))

    assert forms == {
        "ru": {"one", "few", "many"},
        "ar": {"zero", "one", "two", "few", "many", "other"},
        "ja": {"other"},
    }

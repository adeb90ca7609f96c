"""Counts that change while a page is open: their sentence in every form of its language, for scripts to choose from."""

import json
from functools import lru_cache

from django.utils import translation
from django.utils.translation import ngettext

from harken.ui.moments import locale_for

# Every form of every language is the form of one of these.
_SAMPLES = (*range(201), 1_000_000)


def plural_forms(one: str, many: str) -> str:
    """Return the translation of a sentence with `%(num)s` as JSON: by CLDR's name of the form, `#` for the number."""
    return _forms(translation.get_language() or "en", one, many)


@lru_cache(maxsize=256)
def _forms(language: str, one: str, many: str) -> str:
    form_of = locale_for(language).plural_form
    samples = {form_of(number): number for number in reversed(_SAMPLES)}
    forms = {form: ngettext(one, many, number) % {"num": "#"} for form, number in samples.items()}
    return json.dumps(forms, ensure_ascii=False)

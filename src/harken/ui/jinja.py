"""The environment of every template of ours: a misspelt name fails, every value is escaped, every string translates."""

from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from harken.ui import additions, moments, navigation, plurals, words
from harken.ui.addresses import path_of

# What a template names as `remembered`: macros that say nothing by themselves, written once for the same values.
_REMEMBERED = "remembered"
_REMEMBERED_AT_MOST = 4_000
_WORDS_KNOWN = 8_000


class _Page(Template):
    """A template whose macros are taken as they are: none of ours needs what only one page knows.

    Jinja2 compares two sets of names each time something is imported, and a page of many imports a hundred times.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        if self._module is None:
            module = self.make_module()
            for name in getattr(module, _REMEMBERED, ()):
                # By type: a text that is markup already is not the same as one that must be escaped.
                setattr(module, name, lru_cache(_REMEMBERED_AT_MOST, typed=True)(getattr(module, name)))
            self._module = module
        return self._module


class _Rooms(Environment):
    template_class = _Page


def environment(**options: Any) -> Environment:
    """Return the Jinja2 environment that Django's template engine uses for the rooms' templates."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    jinja: Any = _Rooms(extensions=["jinja2.ext.i18n"], **options)
    jinja.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    jinja.globals |= {
        "_": _say,
        "url": path_of,
        # A row names the sprite of icons several times: each hashed name is looked up once per process.
        "static": cache(static),
        "language": translation.get_language,
        "direction": direction,
        "places": navigation.places,
        "additions": additions.additions,
        "settings_pages": navigation.settings_pages,
        "settings_groups": navigation.settings_groups,
        "lasting": moments.lasting,
        "plural_forms": plurals.plural_forms,
    }
    jinja.filters |= {
        "moment": moments.moment,
        "when": moments.when,
        "clock": moments.clock,
        "day": moments.day,
        "weekday": moments.weekday,
        "month": moments.month,
        "in_full": moments.in_full,
        "paragraphs": words.paragraphs,
        "filesize": words.filesize,
    }
    return jinja


def _say(words: str, **values: Any) -> Markup:
    """Return what the reader's language says, values escaped and put in; a page says fifty things."""
    said = _said(translation.get_language(), words)
    return said % values if values else said


@lru_cache(_WORDS_KNOWN)
def _said(language: str | None, words: str) -> Markup:
    # Safe as Jinja2's own has it: words of templates and catalogues are ours.
    return Markup(gettext(words))


def one_csrf_input(request: HttpRequest) -> dict[str, Any]:
    """Let all forms of a page carry one token: each masked anew would be half of what a page of many weighs."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


def direction() -> str:
    """Return `rtl` when the reader's language runs from right to left, else `ltr`."""
    return "rtl" if translation.get_language_bidi() else "ltr"

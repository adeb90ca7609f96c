"""The environment of every template of ours: a misspelt name fails, every value is escaped, every string translates."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.templatetags.static import static
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, Template

from harken.ui import additions, moments, navigation, plurals, words
from harken.ui.addresses import path_of


class _Page(Template):
    """A template whose macros are taken as they are: none of ours needs what only one page knows.

    Jinja2 compares two sets of names each time something is imported, and a page of many imports a hundred times.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class _Rooms(Environment):
    template_class = _Page


def environment(**options: Any) -> Environment:
    """Return the Jinja2 environment that Django's template engine uses for the rooms' templates."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    jinja: Any = _Rooms(extensions=["jinja2.ext.i18n"], **options)
    jinja.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    jinja.globals |= {
        # Jinja2's own alias looks it up in the page each time, and a page says forty things.
        "_": jinja.globals["gettext"],
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


def one_csrf_input(request: HttpRequest) -> dict[str, Any]:
    """Let all forms of a page carry one token: each masked anew would be half of what a page of many weighs."""
    return {"csrf_input": SimpleLazyObject(lambda: csrf_input(request))}


def direction() -> str:
    """Return `rtl` when the reader's language runs from right to left, else `ltr`."""
    return "rtl" if translation.get_language_bidi() else "ltr"

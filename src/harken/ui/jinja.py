"""The environment of every template of ours: a misspelt name fails, every value is escaped, every string translates."""

from functools import cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined

from harken.ui import additions, moments, navigation, words


def environment(**options: Any) -> Environment:
    """Return the Jinja2 environment that Django's template engine uses for the rooms' templates."""
    options |= {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    jinja: Any = Environment(extensions=["jinja2.ext.i18n"], **options)
    jinja.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)
    jinja.globals |= {
        "url": url,
        # A row names the sprite of icons several times: each hashed name is looked up once per process.
        "static": cache(static),
        "language": translation.get_language,
        "direction": direction,
        "places": navigation.places,
        "additions": additions.additions,
        "settings_pages": navigation.settings_pages,
        "settings_groups": navigation.settings_groups,
        "lasting": moments.lasting,
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


def url(route: str, **parameters: Any) -> str:
    """Return the path of a named route: `url("desk:ticket", workspace="acme", number=…)`."""
    return reverse(route, kwargs=parameters)


def direction() -> str:
    """Return `rtl` when the reader's language runs from right to left, else `ltr`."""
    return "rtl" if translation.get_language_bidi() else "ltr"

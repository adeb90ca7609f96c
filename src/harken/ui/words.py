"""Text and sizes on their way into a page."""

import re
from collections.abc import Callable

from babel.numbers import format_decimal
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from harken.lib.written import clean_written, with_addresses
from harken.ui.moments import current_locale

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}’”»]", re.IGNORECASE)
# Between tags stand words; an attribute may hold anything but the quote that ends it.
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')
UNITS = (_("%(amount)s B"), _("%(amount)s KB"), _("%(amount)s MB"), _("%(amount)s GB"))


def paragraphs(text: str) -> SafeString:
    """Return plain text as paragraphs: a blank line ends one, a line feed breaks it, web addresses become links."""
    blocks = (block.strip("\n") for block in _BLANK_LINES.split(text.strip()))
    return mark_safe("".join(f"<p>{_linked(block)}</p>" for block in blocks if block.strip()))


def written(html: str, addresses: dict[str, str]) -> SafeString:
    """Return what our editor wrote, made harmless once more where it is shown; `addresses` are of its pictures.

    Empty for what the editor cannot have written, such as a colleague's letter with styles: that is read by its words.
    """
    if not html or clean_written(html) != html:
        return SafeString()
    return mark_safe(with_addresses(html, addresses))


def marked(html: SafeString, pattern: re.Pattern[str], style: Callable[[str], str]) -> SafeString:
    """Return HTML with what a pattern finds in its words in a mark; `style` says its classes by the first group."""

    def mark(found: re.Match[str]) -> str:
        return f'<mark class="{escape(style(found[1]))}">{found[0]}</mark>'

    parts = _TAG.split(html)
    return mark_safe("".join(part if part.startswith("<") else pattern.sub(mark, part) for part in parts))


def _linked(block: str) -> str:
    parts, end = [], 0
    for match in _ADDRESS.finditer(block):
        address = escape(match[0])
        link = f'<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{address}</a>'
        parts += [escape(block[end : match.start()]), link]
        end = match.end()
    return "".join([*parts, escape(block[end:])]).replace("\n", "<br>")


def filesize(size: int) -> str:
    """Return a number of bytes as people read it: 214 KB, 1.3 MB."""
    amount, unit = float(size), 0
    while amount >= 1000 and unit < len(UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    pattern = "#,##0.0" if unit > 1 and amount < 10 else "#,##0"
    return str(UNITS[unit]) % {"amount": format_decimal(amount, pattern, locale=current_locale())}

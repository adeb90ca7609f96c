"""Style sheets turned into style attributes: many mail programs know no others."""

import re

import css_inline

LONGEST_SHEET = 200_000

_SHEET = re.compile(r"<style\b[^<>]*>([^<]*)</style\s*>", re.I)
# Nothing is fetched, from the net or from the disk, whatever a document names.
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def sheet_of(html: str) -> str:
    """Return the rules of a document's own `<style>` elements."""
    return "\n".join(_SHEET.findall(html))[:LONGEST_SHEET]


def inlined(document: str) -> str:
    """Return the document with its rules in `style` attributes."""
    return _inliner.inline(document)


def styled(fragment: str, sheet: str) -> str:
    """Return a fragment of HTML with the rules of a sheet in its `style` attributes."""
    if not sheet.strip() or not fragment:
        return fragment
    return _inliner.inline_fragment(fragment, sheet)

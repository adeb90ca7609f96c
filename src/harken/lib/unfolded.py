"""The part of a letter's HTML that its sender wrote now: without what was folded."""

from selectolax.lexbor import LexborHTMLParser

MAX_HTML = 1 << 20


def without_folds(html: str) -> str:
    """Return sanitised HTML without its folded parts; `""` where it is too long to look, or nothing is left."""
    if len(html) > MAX_HTML:
        return ""
    if "data-fold=" not in html:
        return html
    page = LexborHTMLParser(html)
    for folded in page.css("[data-fold]"):
        folded.decompose()
    body = page.body
    is_anything_left = body is not None and (body.text(strip=True) or body.css_first("img"))
    return (
        "".join(child.html or "" for child in body.iter(include_text=True))
        if body and is_anything_left
        else ""
    )

"""The two bodies of a letter: plain text and HTML, each with the author's signature below."""

from harken.lib.html import paragraphs, with_pictures

SIGNATURE_MARK = "-- "


def text_body(text: str, signature: str = "") -> str:
    """Return the plain part: what was written, then the signature below its mark (RFC 3676, 4.3)."""
    below = f"\n\n{SIGNATURE_MARK}\n{signature.strip()}" if signature.strip() else ""
    return f"{text.rstrip()}{below}\n"


def html_body(text: str, html: str = "", signature: str = "", language: str = "") -> str:
    """Return the HTML part, a document: the author's own HTML (sanitised before), else the text in paragraphs.

    Its words decide in which direction it reads; `language` (`""`: unknown) picks the shapes of its letters.
    """
    body = with_pictures(html) if html else paragraphs(text)
    if signature.strip():
        body += f'<div class="signature">{SIGNATURE_MARK}{paragraphs(signature)}</div>'
    spoken = f' lang="{language}"' if language else ""
    return f'<!doctype html>\n<html{spoken}><head><meta charset="utf-8"></head><body dir="auto">{body}</body></html>\n'

"""The two bodies of a letter: plain text and HTML, each with its links to files and the author's signature below."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from harken.lib.html import paragraphs, with_pictures
from harken.lib.styles import inlined

SIGNATURE_MARK = "-- "

_SHEET = """
body { font-family: sans-serif; font-size: 15px; line-height: 1.45; }
blockquote { margin: 0 0 0 4px; padding: 0 12px; border-inline-start: 3px solid #bbb; color: #555; }
pre, code { font-family: monospace; font-size: 14px; }
pre { padding: 8px; background: #f4f4f2; white-space: pre-wrap; }
table { border-collapse: collapse; }
th, td { padding: 4px 8px; border: 1px solid #ccc; text-align: start; }
.signature { margin-block-start: 16px; color: #555; }
"""


@dataclass(frozen=True)
class FileLink:
    """A file too large to travel with the letter: its name, its size for people, and where it is fetched."""

    name: str
    size: str
    address: str


@dataclass(frozen=True)
class Links:
    """Links to files, below a line that says until when they open."""

    heading: str = ""
    files: Sequence[FileLink] = ()


NO_LINKS = Links()


def text_body(text: str, signature: str = "", links: Links = NO_LINKS, quote: str = "") -> str:
    """Return the plain part: what was written, links to files, the signature (RFC 3676, 4.3), a quote."""
    files = [f"{file.name} ({file.size}):\n{file.address}" for file in links.files]
    listed = "\n\n" + "\n\n".join([links.heading, *files]) if files else ""
    below = f"\n\n{SIGNATURE_MARK}\n{signature.strip()}" if signature.strip() else ""
    quoted = f"\n\n{quote.rstrip()}" if quote.strip() else ""
    return f"{text.rstrip()}{listed}{below}{quoted}\n"


def html_body(
    text: str,
    html: str = "",
    signature: str = "",
    language: str = "",
    links: Links = NO_LINKS,
    quote: str = "",
) -> str:
    """Return the HTML part, a document: the author's own HTML (sanitised before), else the text in paragraphs.

    `quote`, sanitised HTML too, stands below the signature.

    Its words decide in which direction it reads; `language` (`""`: unknown) picks the shapes of its letters.
    Its styles are attributes: many mail programs know no others.
    """
    body = (with_pictures(html) if html else paragraphs(text)) + _listed(links)
    if signature.strip():
        body += f'<div class="signature">{SIGNATURE_MARK}{paragraphs(signature)}</div>'
    body += with_pictures(quote)
    spoken = f' lang="{language}"' if language else ""
    head = f'<head><meta charset="utf-8"><style>{_SHEET}</style></head>'
    return inlined(f'<!doctype html>\n<html{spoken}>{head}<body dir="auto">{body}</body></html>') + "\n"


def _listed(links: Links) -> str:
    if not links.files:
        return ""
    files = "".join(
        f'<li><a href="{escape(file.address)}">{escape(file.name)}</a> ({escape(file.size)})</li>'
        for file in links.files
    )
    return f"<p>{escape(links.heading)}</p><ul>{files}</ul>"

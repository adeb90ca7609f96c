"""A message as it was sent: a document of its own, shown in a sandboxed frame under a policy of its own.

It has no scripts and no origin to steal from; pictures of the same letter come from signed addresses, pictures
from elsewhere only when the reader asks for them (they tell their sender who opened the letter, when and where).
Quoted history and signature are hidden until the link below the letter is followed, which needs no script.
"""

import re
from dataclasses import dataclass
from html import escape, unescape

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from harken.tickets.models import Message
from harken.ui.words import paragraphs

_OWN_PICTURE = re.compile(r' data-cid="([^"]*)"')
REMOTE_PICTURE = " data-remote-src="
_REMOTE_PICTURE = re.compile(rf'{REMOTE_PICTURE}"(https?://[^"]*)"', re.IGNORECASE)

# Always on light paper: letters carry their own dark ink.
_STYLE = """
:root { color-scheme: light; }
html { background: #fff; color: #1f1b16; }
body { margin: 0; padding: 12px; overflow-wrap: anywhere;
  font: 15px/1.6 ui-serif, "Noto Serif", Cambria, Georgia, "Noto Naskh Arabic", "Noto Serif CJK JP", serif; }
img { max-width: 100%; height: auto; }
table { max-width: 100%; }
[border]:not([border="0"]) :is(td, th) { overflow-wrap: break-word; }
pre { white-space: pre-wrap; }
p { margin: 0 0 8px; }
blockquote { margin: 8px 0; padding-inline-start: 12px; border-inline-start: 2px solid #ddd; }
a { color: #006275; }
"""
_FOLDED = " data-fold="
_FOLDING_STYLE = """
[data-fold] { display: none !important; }
.unfold { margin: 16px 0 0; font: 14px/1.5 system-ui, sans-serif; }
.unfold a { display: inline-block; min-height: 24px; }
"""

# `allow-same-origin` lets the page around it measure its height; without scripts nothing inside can use it.
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"


@dataclass(frozen=True)
class Asked:
    """What a reader asked to see: pictures from elsewhere, and all that is folded."""

    pictures: bool = False
    all: bool = False

    @classmethod
    def of(cls, query: QueryDict) -> "Asked":
        return cls("pictures" in query, "all" in query)


def answer_with(message: Message, asked: Asked) -> HttpResponse:
    """Return the letter as a page."""
    response = HttpResponse(document(message, asked))
    response["Content-Security-Policy"] = _policy(pictures=asked.pictures)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Referrer-Policy"] = "no-referrer"
    return response


def document(message: Message, asked: Asked) -> str:
    """Return the whole document: the sanitised HTML with its pictures put in, or the plain text."""
    body = _with_pictures(message, pictures=asked.pictures) if message.html else str(paragraphs(message.text))
    is_folded = bool(message.html) and not asked.all and _FOLDED in message.html
    style, below = (_STYLE + _FOLDING_STYLE, _unfolding(asked)) if is_folded else (_STYLE, "")
    language = f' lang="{escape(message.language)}"' if message.language else ""
    return (
        f'<!doctype html><html{language}><head><meta charset="utf-8"><title>{escape(message.author_name)}</title>'
        f'<style>{style}</style></head><body dir="auto">{body}{below}</body></html>'
    )


def _unfolding(asked: Asked) -> str:
    address = "?all&amp;pictures" if asked.pictures else "?all"
    words = escape(_("Show quoted mail and signature"))
    return f'<p class="unfold" dir="auto"><a href="{address}">{words}</a></p>'


def _with_pictures(message: Message, *, pictures: bool) -> str:
    addresses = {
        each.content_id: each.url() for each in message.attachments.select_related("file") if each.content_id
    }

    def own(match: re.Match[str]) -> str:
        address = addresses.get(unescape(match[1]))
        return f' src="{escape(address)}?inline"' if address else ""

    html = _OWN_PICTURE.sub(own, message.html)
    return _REMOTE_PICTURE.sub(r' src="\1"', html) if pictures else html


def _policy(*, pictures: bool) -> str:
    origins = ["'self'", "data:", settings.HARKEN_FILES_ORIGIN, *(("https:", "http:") if pictures else ())]
    return "; ".join(
        (
            "default-src 'none'",
            f"img-src {' '.join(filter(None, origins))}",
            "style-src 'unsafe-inline'",
            "frame-ancestors 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"sandbox {SANDBOX}",
        )
    )

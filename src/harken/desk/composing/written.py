"""From what a page sent to what is kept: HTML reduced, its words as plain text, recipients as typed."""

from collections.abc import Mapping
from typing import Any

from harken.channels.email.html_text import render
from harken.desk.composing.needed import needed_in
from harken.lib.numbers import whole_number
from harken.lib.text import clean
from harken.lib.written import clean_written, pictures_in
from harken.tickets.drafts import Typed
from harken.tickets.models import Draft

LONGEST_RECIPIENTS = 20_000
LONGEST_SUBJECT = 10_000


def written_in(given: dict[str, Any]) -> Typed:
    """Return what stands in a composer, from the fields a page sent; whatever has another type counts as empty."""
    is_plain = bool(given.get("is_plain"))
    text, html = forms_of(_text(given, "text"), "" if is_plain else _text(given, "html"))
    return Typed(
        text=text,
        html=html,
        kind=kind_in(given),
        recipients=_recipients(given.get("recipients")),
        is_plain=is_plain,
        is_signed=not given.get("is_unsigned"),
        seen_up_to=_position(given.get("seen_up_to")),
        subject=_text(given, "subject")[:LONGEST_SUBJECT],
        channel_id=_id(given.get("sender")),
        needed=needed_in(asked) if isinstance(asked := given.get("needed"), dict) else {},
    )


def kind_in(given: Mapping[str, Any]) -> str:
    """Return what is being written: a reply, unless a page says otherwise."""
    return str(given["kind"]) if given.get("kind") in Draft.Kind.values else str(Draft.Kind.REPLY)


def forms_of(text: str, html: str) -> tuple[str, str]:
    """Return both forms of a message: its plain text, and its HTML as it may be kept, `""` where there is none.

    With HTML its words are the text, whatever came beside it.
    """
    kept = clean_written(html) if html.strip() else ""
    # Editors hold neighbouring blanks apart by fixed ones, which nobody meant.
    words = render(kept).replace("\u00a0", " ") if kept else ""
    if not words.strip() and not pictures_in(kept):
        return (text, "") if not html.strip() else ("", "")
    return words, kept


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    return clean(value) if isinstance(value, str) else ""


def _recipients(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        return {}
    typed = {name: given.get(name) for name in ("to", "cc", "bcc")}
    return {
        name: clean(value)[:LONGEST_RECIPIENTS] for name, value in typed.items() if isinstance(value, str)
    }


def _id(typed: Any) -> int | None:
    return whole_number(typed) if isinstance(typed, str) else None


def _position(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0

"""What a colleague wrote in the editor, reduced to what the editor offers, whoever says it came from there.

Words, structure, links and pictures of the same message (`data-cid`) stay. No styles, no names, no pictures from
elsewhere: what is left may stand in a page of ours and in a letter alike.
"""

import re
from collections.abc import Collection
from html import escape, unescape

import nh3

from harken.lib.html import MAX_HTML, paragraphs, tame, without_tags

_TAGS = {
    *(
        "a",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ),
    *("hr", "i", "img", "li", "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "tr", "u", "ul"),
}
_DROPPED_WHOLE = {
    *("script", "style", "title", "template", "iframe", "object", "embed", "svg", "math", "noembed"),
    *("head", "noscript", "select", "textarea", "xml"),
}
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"alt", "data-cid", "height", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_PICTURE = re.compile(r"<img\b[^<>]*>")
_CONTENT_ID = re.compile(r'\sdata-cid="([^"]*)"')
_DIRECTIONS = {"auto", "ltr", "rtl"}


def clean_written(html: str) -> str:
    """Return the HTML of a message as it may be kept, shown and sent; `""` when nothing is left of it."""
    inside, beyond = html[:MAX_HTML], html[MAX_HTML:]
    clean = nh3.clean(
        tame(inside.replace("\0", "")),
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    clean = _PICTURE.sub(lambda picture: picture[0] if _CONTENT_ID.search(picture[0]) else "", clean)
    return clean + paragraphs(without_tags(beyond)) if beyond else clean


def pictures_in(written: str) -> set[str]:
    """Return the content ids of the pictures in the text."""
    return {unescape(found) for found in _CONTENT_ID.findall(written)}


def renamed_pictures(written: str, names: dict[str, str]) -> str:
    """Return the HTML with its pictures under other content ids; one that is not named goes."""

    def renamed(picture: re.Match[str]) -> str:
        found = _CONTENT_ID.search(picture[0])
        name = names.get(unescape(found[1])) if found else None
        return picture[0].replace(found[0], f' data-cid="{escape(name)}"') if found and name else ""

    return _PICTURE.sub(renamed, written)


def with_addresses(written: str, addresses: dict[str, str]) -> str:
    """Return the HTML with its pictures' addresses, by content id, for a page; a picture without one goes."""

    def shown(picture: re.Match[str]) -> str:
        found = _CONTENT_ID.search(picture[0])
        address = addresses.get(unescape(found[1])) if found else None
        return f'<img src="{address}"{picture[0][4:]}' if address else ""

    return _PICTURE.sub(shown, written)


def with_pictures_of(written: str, known: Collection[str]) -> str:
    """Return the HTML without pictures that no file of the message stands for."""

    def kept(picture: re.Match[str]) -> str:
        found = _CONTENT_ID.search(picture[0])
        return picture[0] if found and unescape(found[1]) in known else ""

    return _PICTURE.sub(kept, written)


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "dir":
        return value if value in _DIRECTIONS else None
    return value

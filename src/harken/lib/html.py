"""Foreign HTML made harmless for display, and plain text as HTML.

What is left has no script, no form, no frame and no address that loads by itself: remote pictures wait in
`data-remote-src`, pictures of the same mail in `data-cid`, until the page that shows them decides.
"""

import html as entities
import re
from collections.abc import Callable

import nh3

MAX_HTML = 2 << 20
# Parsers need time and memory that grow with the square of the depth.
MAX_DEPTH = 400
MAX_STYLES_OPEN = 200_000

MANY_ESCAPES = 20_000
LONGEST_RUN = 8_000

_LONGEST_ENTITY = 40
_PIECE = 1 << 19
_UNTAGGED = re.compile(r"[^<]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_ONE_TAG = re.compile(r"<[^<>]*>")
_ANY_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.S)
_NOT_SHOWN = re.compile(r"<(script|style|title)\b[^<]*(?:<(?!/\1)[^<]*)*(?:</\1[^>]*>|\Z)", re.I)
# These end where the next of their kind begins, or have no inside at all: they cannot pile up.
_FLAT = {
    *(
        "area",
        "base",
        "body",
        "br",
        "col",
        "dd",
        "dt",
        "head",
        "hr",
        "html",
        "img",
        "input",
        "li",
        "link",
        "meta",
    ),
    *("p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr"),
}
_STYLING = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}

_TAGS = {
    *(
        "a",
        "abbr",
        "address",
        "article",
        "aside",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
        "caption",
        "center",
    ),
    *(
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
    ),
    *(
        "figure",
        "font",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
    ),
    *(
        "li",
        "main",
        "mark",
        "nav",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
    ),
    *(
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
    ),
    *("tr", "tt", "u", "ul", "var", "wbr"),
}
_DROPPED_WHOLE = {
    "script",
    "style",
    "title",
    "template",
    "iframe",
    "object",
    "embed",
    "svg",
    "math",
    "noembed",
}
_ATTRIBUTES = {
    "*": {"align", "bgcolor", "color", "dir", "height", "lang", "style", "title", "valign", "width"},
    "a": {"href", "name"},
    "blockquote": {"type"},
    "font": {"face", "size"},
    "img": {"alt", "border", "src"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "nowrap", "rowspan"},
    "th": {"colspan", "nowrap", "rowspan"},
}
_STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left"),
    *(
        "border-radius",
        "border-right",
        "border-spacing",
        "border-style",
        "border-top",
        "border-width",
        "color",
    ),
    *("direction", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height"),
    *(
        "letter-spacing",
        "line-height",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
    ),
    *("margin-top", "max-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top"),
    *("text-align", "text-decoration", "text-indent", "text-transform", "unicode-bidi", "vertical-align"),
    *("white-space", "width", "word-break", "overflow-wrap"),
}
# What the caller of `sanitise` read from an element's own names, kept until the letter is folded.
MARK = "data-mark"
_NAMING = {"class", "id", "name", "data-smartmail", "data-signature-widget", "data-signatureblock"}
_ANY_START = re.compile(r"<[a-z][^<>]*>")
_NAMED = re.compile(r' [a-z-]+="mark#([a-z]+)"')
_MARKED = re.compile(rf' {MARK}="[a-z]*"')
_PICTURE_MARK = re.compile(r'(<img\b[^<]*?\s)src="(cid|remote|data)#([^"]*)"')
_KEPT_PICTURE = re.compile(r'(<img\b[^<]*?\s)data-(cid|remote-src)="([^"]*)"')
_DATA_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z", re.I)


def sanitise(html: str, mark_of: Callable[[str, str], str] | None = None) -> str:
    """Return HTML that may stand in a page of ours. Quick for any input; what is over the limit becomes text.

    `<img>` keeps only `data:` pictures in `src`; `data-cid` names a picture of the same mail, `data-remote-src`
    one somewhere else. Links open in a new window and tell nobody where they were. No class and no name of an
    element stays; `mark_of(attribute, value)` may turn one into a word of ours, which then stands in `data-mark`.
    """
    inside, beyond = html[:MAX_HTML], html[MAX_HTML:]
    clean = nh3.clean(
        tame(inside.replace("\0", "")),
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES | {"*": _ATTRIBUTES["*"] | _NAMING} if mark_of else _ATTRIBUTES,
        attribute_filter=_Marking(mark_of) if mark_of else _attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=_STYLES,
    )
    clean = _PICTURE_MARK.sub(_picture, clean)
    if mark_of:
        clean = _ANY_START.sub(_marked, clean)
    return clean + paragraphs(without_tags(beyond)) if beyond else clean


def without_marks(sanitised: str) -> str:
    """Return what `sanitise` made without the marks it left in elements."""
    if MARK not in sanitised:
        return sanitised
    return _ANY_START.sub(lambda tag: _MARKED.sub("", tag[0]), sanitised)


def with_pictures(sanitised: str) -> str:
    """Return what `sanitise` made, its pictures back in `src`: for a letter that leaves, whose author chose them."""
    return _KEPT_PICTURE.sub(_picture_put_back, sanitised)


def paragraphs(text: str) -> str:
    """Return plain text as HTML: a blank line parts paragraphs, a line break stays one."""
    blocks = re.split(r"\n[ \t]*\n\s*", text.strip())
    return "".join(f"<p>{_lines(block)}</p>" for block in blocks if block.strip())


def without_tags(html: str) -> str:
    """Return the words between tags, unparsed: for what is too big or too deep to parse."""
    html = _NOT_SHOWN.sub(" ", html)
    words, at = [], 0
    while at < len(html):
        # A piece at a time: the list of what stands between millions of tags takes hundreds of megabytes.
        stop = html.find(">", at + _PIECE) + 1 or len(html)
        words.append(entities.unescape(_bare(html[at:stop])))
        at = stop
    return "".join(words)


def _bare(piece: str) -> str:
    # Beyond the last end of a comment, each beginning of one would be searched for its end in vain.
    end = piece.rfind("-->") + 3 if "-->" in piece else 0
    return _ANY_TAG.sub(" ", piece[:end]) + _ONE_TAG.sub(" ", piece[end:])


def tame(html: str) -> str:
    """Return the same HTML without the tags that would nest it deeper than any parser should go.

    Long text full of what is escaped (ampersands, fixed spaces) is cut by comments, which are not kept: it takes
    the parser the square of its length.
    """
    if html.count("&") + html.count("\u00a0") > MANY_ESCAPES:
        html = _UNTAGGED.sub(_in_pieces, html)
    return _TAG.sub(_Depth(), html)


def _in_pieces(run: re.Match[str]) -> str:
    """Cut the text behind a tag where it is very long; never inside an entity."""
    tag, bracket, text = run[0].partition(">") if run.start() else ("", "", run[0])
    if len(text) <= LONGEST_RUN:
        return run[0]
    pieces, at = [], 0
    while at < len(text):
        entity = text.rfind("&", at + LONGEST_RUN - _LONGEST_ENTITY, at + LONGEST_RUN)
        stop = entity if entity > at else at + LONGEST_RUN
        pieces.append(text[at:stop])
        at = stop
    return tag + bracket + "<!---->".join(pieces)


class _Depth:
    """Counts open elements and drops those beyond the limit; their words stay."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._depth = 0
        self._styling = 0
        self._styles_reopened = 0

    def __call__(self, tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _FLAT:
            # Parsers open every style again in each new block.
            self._styles_reopened += self._styling
            return tag[0]
        return self._close(name, tag[0]) if tag[1] else self._enter(name, tag[0])

    def _enter(self, name: str, tag: str) -> str:
        too_styled = name in _STYLING and self._styles_reopened > MAX_STYLES_OPEN
        if self._depth >= MAX_DEPTH or too_styled:
            return " "
        self._depth += 1
        self._styling += name in _STYLING
        self._styles_reopened += self._styling
        self._open[name] = self._open.get(name, 0) + 1
        return tag

    def _close(self, name: str, tag: str) -> str:
        if not self._open.get(name):
            return tag if name in _TAGS and self._depth < MAX_DEPTH else " "
        self._depth -= 1
        self._styling -= name in _STYLING
        self._open[name] -= 1
        return tag


def _lines(block: str) -> str:
    return entities.escape(block, quote=False).replace("\n", "<br>")


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return _picture_address(value.strip())
    if name == "href" and value.strip().lower().startswith(("data:", "cid:")):
        return None
    return value


class _Marking:
    """Lets through what names an element as the mark it stands for, and nothing of the name itself."""

    def __init__(self, mark_of: Callable[[str, str], str]) -> None:
        self._mark_of = mark_of

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name not in _NAMING or (tag == "a" and name == "name"):
            return _attribute(tag, name, value)
        mark = self._mark_of(name, value)
        return f"mark#{mark}" if mark else None


def _marked(tag: re.Match[str]) -> str:
    found = _NAMED.search(tag[0])
    return _NAMED.sub("", tag[0])[:-1] + f' {MARK}="{found[1]}">' if found else tag[0]


def _picture_address(address: str) -> str | None:
    scheme = address.partition(":")[0].lower()
    if scheme == "cid":
        return "cid#" + address[4:]
    if scheme == "data":
        return "data#" + address if _DATA_PICTURE.match(address) else None
    if address.startswith("//"):
        return "remote#https:" + address
    return "remote#" + address if scheme in {"http", "https"} else None


def _picture(mark: re.Match[str]) -> str:
    attribute = {"cid": "data-cid", "remote": "data-remote-src", "data": "src"}[mark[2]]
    return f'{mark[1]}{attribute}="{mark[3]}"'


def _picture_put_back(mark: re.Match[str]) -> str:
    return f'{mark[1]}src="{"cid:" if mark[2] == "cid" else ""}{mark[3]}"'

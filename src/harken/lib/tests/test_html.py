"""Foreign HTML made harmless."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from harken.lib.html import paragraphs, sanitise, tame, without_marks, without_tags

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object><embed src=x>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<form action='https://evil.example'><input name=password><button>Sign in</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<base href='https://evil.example/'>",
    "<style>@import 'https://evil.example/x.css'; body{background:url(https://evil.example/x)}</style>",
    "<p style='background:url(https://evil.example/x);position:fixed;top:0;color:red'>x</p>",
    "<p style='background-image:image-set(\"https://evil.example/x\" 1x)'>x</p>",
    "<p style='list-style:url(https://evil.example/x)'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<table background='https://evil.example/x'><tr><td background='https://evil.example/y'>x</table>",
    "<img srcset='https://evil.example/x 1x' src='https://evil.example/y'>",
    "<img src='//evil.example/x'>",
    "<video poster='https://evil.example/x' src='https://evil.example/y'></video><audio src=x></audio>",
    "<input type=image src='https://evil.example/x'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<div id=login class=rail onclick=alert(1)>x</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<a href='https://acme.example' target=_self rel=opener>x</a>",
]
LOADING = {"src", "srcset", "poster", "background", "data", "action", "formaction", "xlink:href"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_runs_and_nothing_loads(hostile: str):
    assert_harmless(sanitise(f"<p>Hello</p>{hostile}"))


def assert_harmless(clean: str) -> None:
    for node in LexborHTMLParser(clean).css("body *"):
        attributes = node.attributes
        assert node.tag not in {
            "script",
            "iframe",
            "object",
            "embed",
            "form",
            "input",
            "button",
            "meta",
            "link",
            "base",
        }
        assert node.tag not in {"style", "svg", "math", "video", "audio", "template"}
        assert not [name for name in attributes if name.startswith("on") or name in {"id", "class"}]
        for name in LOADING & set(attributes):
            assert (attributes[name] or "").startswith("data:image/")
        assert "url(" not in (attributes.get("style") or "")
        assert "position" not in (attributes.get("style") or "")
        href = attributes.get("href") or "https:"
        assert href.split(":")[0] in {"http", "https", "mailto", "tel"}


def test_what_makes_a_letter_readable_stays():
    html = (
        '<h2>Invoice</h2><table><tr><td style="color: red" colspan="2"><b>42</b></td></tr></table>'
        "<ul><li>a</li></ul>"
    )

    clean = sanitise(html)

    assert '<td style="color:red" colspan="2"><b>42</b></td>' in clean
    assert "<h2>Invoice</h2>" in clean
    assert "<ul><li>a</li></ul>" in clean


def test_links_open_elsewhere_and_tell_nobody():
    assert sanitise('<a href="https://acme.example/x">x</a>') == (
        '<a href="https://acme.example/x" target="_blank" rel="noopener noreferrer">x</a>'
    )


def test_pictures_wait_for_the_page_to_decide():
    assert sanitise('<img src="cid:dot@x">') == '<img data-cid="dot@x">'
    assert sanitise('<img src="https://example.com/a.png?b=1&c=2">') == (
        '<img data-remote-src="https://example.com/a.png?b=1&amp;c=2">'
    )
    assert sanitise('<img src="//example.com/a.png">') == '<img data-remote-src="https://example.com/a.png">'
    assert (
        sanitise('<img src="data:image/png;base64,iVBORw==">') == '<img src="data:image/png;base64,iVBORw==">'
    )


def test_a_letter_cannot_write_our_markers_itself():
    clean = sanitise(
        '<img data-cid="x" data-remote-src="https://evil.example/"><p title="src=&quot;cid#x&quot;">src="cid#x"</p>'
    )

    assert "data-cid" not in clean
    assert "data-remote-src" not in clean


@pytest.mark.parametrize(
    "bomb",
    [
        "<blockquote>" * 20_000 + "words" + "</blockquote>" * 20_000,
        "<div>" * 300_000 + "words",
        "".join(f"<font size={size}>" for size in range(500)) + "<p>" * 300_000 + "words",
        "<" * 1_000_000 + " words",
        "<!--" * 250_000 + "-->words",
        "<a " * 250_000 + ">words",
        "<p>words</p>" * 600_000,
    ],
    ids=["quotes", "divs", "styles", "angles", "comments", "attributes", "size"],
)
def test_html_made_to_cost_much_costs_little_and_keeps_its_words(bomb: str):
    begun = time.perf_counter()

    clean = sanitise(bomb)

    assert "words" in clean
    assert time.perf_counter() - begun < 8


def test_ordinary_html_is_not_touched_by_the_limit():
    html = "<div>" * 100 + "<table><tr><td><b>x</b></td></tr></table>" + "</div>" * 100

    assert tame(html) == html


def test_plain_text_becomes_paragraphs_and_nothing_else():
    assert paragraphs("a <b>\nc\n\n\nd & e\n") == "<p>a &lt;b&gt;<br>c</p><p>d &amp; e</p>"


def test_words_are_found_without_parsing():
    assert without_tags("<p>a<br>b</p><script>x()</script><style>p{}</style>&amp;").split() == ["a", "b", "&"]


@given(st.text(alphabet="<>/abipsvg =\"'&;!-:()", max_size=200))
def test_any_markup_comes_out_harmless(html: str):
    assert_harmless(sanitise(html))


def mark_of(attribute: str, value: str) -> str:
    return "ours" if value == "known" else ""


def test_names_of_elements_are_gone_and_only_a_known_one_leaves_a_mark():
    html = '<p class="known" id="x">a</p><p class="foreign" name="y">b</p><a name="c">c</a>'

    marked = sanitise(html, mark_of)

    assert marked.startswith('<p data-mark="ours">a</p><p>b</p><a name="c"')
    assert without_marks(marked) == sanitise(html)


@pytest.mark.parametrize(
    "html",
    [
        '<p data-fold="quote">a</p>',
        '<p data-mark="ours">a</p>',
        '<p class="mark#ours">a</p>',
        "<p class='x\" data-fold=\"quote'>a</p>",
    ],
)
def test_nobody_marks_or_folds_an_element_from_outside(html: str):
    assert sanitise(html, mark_of) == "<p>a</p>"


def test_words_that_look_like_a_mark_stay_words():
    html = '<p title="known">class="mark#ours" data-mark="ours"</p>'

    assert without_marks(sanitise(html, mark_of)) == html

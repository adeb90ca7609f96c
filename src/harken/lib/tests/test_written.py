import re

import pytest

from harken.lib.tests.test_html import HOSTILE
from harken.lib.written import clean_written, pictures_in, with_addresses, with_pictures_of

PICTURE = '<img data-cid="a@harken" alt="Plan">'


@pytest.mark.parametrize(
    "html",
    [
        "<div>Hi <b>Ann</b>, <i>see</i> <code>x &lt; y</code></div>",
        '<ul><li dir="auto">one</li></ul><ol start="3"><li>three</li></ol>',
        "<blockquote>said</blockquote><pre>a\n  b</pre>",
        '<table><tbody><tr><td colspan="2">12</td></tr></tbody></table>',
        '<div dir="rtl" lang="ar">أهلا</div>',
        PICTURE,
    ],
)
def test_what_the_editor_writes_stays_as_it_is(html):
    assert clean_written(html) == html


def test_cleaning_twice_changes_nothing_more():
    once = clean_written('<p><a href="https://fennel.example" style="color:red">there</a></p>' + PICTURE)

    assert clean_written(once) == once
    assert 'target="_blank"' in once
    assert "style" not in once


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_html_is_made_harmless(payload):
    clean = clean_written(f"<p>before</p>{payload}").lower()

    for evil in (
        "<script",
        "javascript:",
        "onerror",
        "onload",
        "<iframe",
        "<svg",
        "<form",
        "style=",
        "srcset",
    ):
        assert not _in_a_tag(evil, clean), clean


def _in_a_tag(evil: str, html: str) -> bool:
    inside = [part.partition(">")[0] for part in html.split("<")[1:]]
    return any(evil.lstrip("<") in tag if evil[0] != "<" else ("<" + tag).startswith(evil) for tag in inside)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://spy.example/x.gif">',
        '<img src="data:image/png;base64,AAAA">',
        '<img src="cid:a@harken">',
        '<img src=x onerror="alert(1)">',
        '<td background="https://spy.example/x.gif"></td>',
    ],
)
def test_no_picture_but_one_of_the_message_stays(html):
    assert "spy" not in clean_written(html)
    assert "<img" not in clean_written(html)


def test_pictures_get_addresses_and_unknown_ones_go():
    html = f'<div>{PICTURE}<img data-cid="b@harken"></div>'

    assert pictures_in(html) == {"a@harken", "b@harken"}
    assert with_pictures_of(html, {"a@harken"}) == f"<div>{PICTURE}</div>"
    shown = with_addresses(html, {"a@harken": "/files/1?inline"})
    assert shown == '<div><img src="/files/1?inline" data-cid="a@harken" alt="Plan"></div>'


def test_twenty_megabytes_are_cleaned_quickly_and_no_word_is_lost():
    clean = clean_written("<p>" + "<b>word</b> " * 1_500_000)

    assert re.sub(r"<[^>]*>|\s", "", clean) == "word" * 1_500_000


def test_nothing_is_left_of_nothing():
    assert clean_written("<style>p{}</style><!-- mso --><xml><w:x/></xml>") == ""

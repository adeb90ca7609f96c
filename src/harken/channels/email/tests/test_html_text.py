"""HTML mail as text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email.html_text import render


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("a<br>b", "a\nb"),
        ("many   white\n spaces <b> between </b> words", "many white spaces between words"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("<ul><li>a<li>b</ul>", "• a\n• b"),
        ("<ol><li>a<li>b<ul><li>c</ul></ol>", "1. a\n2. b\n\n  • c"),
        ("<table><tr><td>1<td>2<tr><td>3<td>4</table>", "1\t2\n3\t4"),
        ('<a href="https://acme.example/x">here</a>', "here <https://acme.example/x>"),
        ('<a href="https://acme.example/">acme.example</a>', "acme.example"),
        ('<a href="mailto:ann@example.com">ann@example.com</a>', "ann@example.com"),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a<hr>b", "a\n----------\nb"),
        (
            "before<blockquote>said<blockquote>earlier</blockquote></blockquote>after",
            ("before\n\n> said\n>\n>> earlier\n\nafter"),
        ),
        ('<img src="cid:1" alt="A photo">', "[A photo]"),
        ("<style>p{}</style><script>x()</script><title>t</title>words", "words"),
        ("&lt;b&gt; &amp; &nbsp;x", "<b> & \u00a0x"),
        ("", ""),
        ("<p>unclosed <b>tags", "unclosed tags"),
    ],
)
def test_html_reads_as_a_person_would_type_it(html: str, text: str):
    assert render(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">Preheader</div>',
        '<span style="font-size:0px; color:#fff">Preheader</span>',
        '<div style="max-height:0;overflow:hidden">Preheader</div>',
        '<div style="mso-hide:all">Preheader</div>',
        "<div hidden>Preheader</div>",
    ],
)
def test_what_the_sender_hid_is_left_out(hidden: str):
    assert render(f"{hidden}<p>Dear Olga</p>") == "Dear Olga"


@pytest.mark.parametrize("html", ["<div>" * 200_000 + "words", "<blockquote>" * 20_000 + "words"])
def test_words_deep_inside_are_found_quickly(html: str):
    begun = time.perf_counter()

    assert render(html).endswith("words")
    assert time.perf_counter() - begun < 3


@given(st.text(alphabet="<>/abdivp =\"'&;!-", max_size=300))
def test_any_markup_is_read(html: str):
    assert isinstance(render(html), str)

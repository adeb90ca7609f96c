import pytest
from django.utils import translation

from harken.ui.words import filesize, paragraphs


def test_a_blank_line_ends_a_paragraph_and_a_line_feed_breaks_it():
    assert paragraphs("One\ntwo\n \n\nthree\n") == "<p>One<br>two</p><p>three</p>"


def test_markup_stays_words():
    assert (
        paragraphs("<img src=x onerror=alert(1)> & co")
        == "<p>&lt;img src=x onerror=alert(1)&gt; &amp; co</p>"
    )


def test_a_web_address_becomes_a_link_without_the_full_stop_behind_it():
    html = paragraphs("See https://help.example/a?b=1&c=2.")

    assert 'href="https://help.example/a?b=1&amp;c=2"' in html
    assert html.endswith("</a>.</p>")


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", 'https://a.example/"onmouseover="x']
)
def test_no_address_smuggles_a_script(text):
    html = paragraphs(text)

    assert "javascript:" not in html.partition("href=")[2]
    assert 'onmouseover="' not in html


def test_no_words_are_no_paragraph():
    assert paragraphs(" \n\n ") == ""


@pytest.mark.parametrize(
    ("size", "words"),
    [(5, "5 B"), (999, "999 B"), (88_000, "88 KB"), (1_340_000, "1.3 MB"), (25_000_000, "25 MB")],
)
def test_a_size_is_said_in_its_own_unit(size, words):
    with translation.override("en"):
        assert filesize(size) == words


def test_a_size_is_said_in_the_readers_language():
    with translation.override("ru"):
        assert filesize(1_340_000) == "1,3 МБ"

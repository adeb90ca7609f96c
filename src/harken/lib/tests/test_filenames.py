"""File names from outside, made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.lib.filenames import MAX_LENGTH, safe


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ("/home/ann/", "ann"),
        ("..", "attachment"),
        ("", "attachment"),
        (".htaccess", "htaccess"),
        (".ht\u200baccess", "htaccess"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066a\u2069.txt", "a.txt"),
        ("a\nb\t c.txt", "a b c.txt"),
        ("nul\x00.txt", "_nul.txt"),
        ("CON", "_CON"),
        ('a<b>:"|?*.txt', "a_b______.txt"),
        ("trailing. . ", "trailing"),
        ("Ünïcode 請求書.pdf", "Ünïcode 請求書.pdf"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("\ud800.pdf", "pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, name: str):
    assert safe(given_name) == name


def test_a_name_made_up_gets_the_ending_of_its_type():
    assert safe("", "application/pdf") == "attachment.pdf"


def test_a_long_name_is_cut_before_its_ending():
    name = safe("a" * 300 + ".tar.gz")

    assert len(name) == MAX_LENGTH
    assert name.endswith(".gz")


@given(st.text(max_size=200))
def test_any_name_ends_up_harmless(given_name: str):
    name = safe(given_name)

    assert 0 < len(name) <= MAX_LENGTH
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith(".")
    assert all(unicodedata.category(letter) != "Cc" for letter in name)
    assert safe(name) == name

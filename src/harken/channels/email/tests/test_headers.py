"""Header values in every broken form that mailers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email.headers import content_type, decode_words, parameters, unfold


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),  # padding left out
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),  # a letter cut between two words
        ("=?utf-8?q?Gr=C3?==?utf-8?q?=BC=C3=9Fe?=", "Grüße"),  # and no space between them
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),  # RFC 2231 language
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe aus K=C3=B6ln?=", "Grüße aus Köln"),  # bare spaces inside
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe", "Grüße"),  # cut short
        ("Re: =?koi8-r?b?8NLJ18XU?= Ann", "Re: Привет Ann"),
        ("=?utf-8?q?Really?=21?=", "Really?!"),
        ("=?iso-2022-jp?b?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ("=?gb2312?b?1uzpRrv5?=", "朱镕基"),
        ("=?us-ascii?q?one?= two =?us-ascii?q?three?=", "one two three"),
        ("1 =? 2 ?= 3", "1 =? 2 ?= 3"),
        ("=?utf-8?q?a=00b?=", "ab"),
    ],
)
def test_encoded_words_are_read(written: str, meant: str):
    assert decode_words(written) == meant


def test_raw_bytes_are_read_in_the_charset_of_the_body():
    assert unfold("Срочно".encode("cp1251"), "windows-1251") == "Срочно"


def test_a_folded_value_is_one_line():
    assert unfold(b" one\r\n two\n\tthree") == "one two\tthree"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('name="a;b.pdf"', "a;b.pdf"),
        ("name=This is a test.txt", "This is a test.txt"),
        ('name="C:\\TEMP\\scan.png"', "C:\\TEMP\\scan.png"),
        ('name="say \\"hi\\".txt"', 'say "hi".txt'),
        ('name="open.pdf', "open.pdf"),
        ("name=a.pdf size=3", "a.pdf"),
        ("charset=utf-8;; name=a.pdf", "a.pdf"),
        ("name*=utf-8''Rechnung%20M%C3%BCnchen.pdf", "Rechnung München.pdf"),
        ("name*0*=utf-8''Rech; name*1*=nung%20; name*2=M.pdf", "Rechnung M.pdf"),
        ("name*1=b.pdf; name*0=a", "ab.pdf"),
        ("name*0*=utf-8''%D0%9F%D1; name*1*=%80.txt", "Пр.txt"),
        ('name="=?utf-8?q?M=C3=BCnchen.pdf?="', "München.pdf"),
        ("name=plain.pdf; name*=utf-8''better.pdf", "better.pdf"),
    ],
)
def test_a_parameter_is_read_in_every_form(written: str, name: str):
    assert parameters(written)["name"] == name


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("TEXT/HTML; charset=utf-8", "text/html"),
        ("text", "text/plain"),
        ("html", "text/html"),
        ("multipart; boundary=x", "multipart/mixed"),
        ("", "text/plain"),
        ("; name=scan.pdf", "application/octet-stream"),
        ("text/plain charset=utf-8", "text/plain"),
    ],
)
def test_a_broken_content_type_is_what_it_most_likely_meant(written: str, kind: str):
    assert content_type(written.encode(), "text/plain").name == kind


@given(st.text(max_size=200))
def test_any_value_is_read(value: str):
    assert isinstance(decode_words(value), str)
    assert isinstance(parameters(value), dict)

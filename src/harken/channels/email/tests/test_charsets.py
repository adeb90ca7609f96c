"""Charsets that are missing, unknown or lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email.charsets import decode, known


@pytest.mark.parametrize(
    ("text", "written_in", "declared"),
    [
        ("Grüße aus Köln", "utf-8", "us-ascii"),
        ("Grüße aus Köln", "utf-8", "iso-8859-1"),
        ("Grüße aus Köln", "cp1252", "us-ascii"),
        ("„Köln“ – 5 €", "cp1252", "iso-8859-1"),
        ("Привет, Ольга", "utf-8", "windows-1251"),
        ("Привет, Ольга", "cp1251", ""),
        ("Привет, Ольга", "koi8-r", ""),
        ("Привет, Ольга", "koi8-r", "x-unknown"),
        ("お世話になっております", "cp932", "iso-2022-jp"),
        ("お世話になっております", "euc_jp", ""),
        ("株式会社①㈱", "cp932", "shift_jis"),
        ("您好，請問訂單", "cp950", "big5"),
        ("你好，请问订单朱镕基", "gb18030", "gb2312"),
        ("茅台", "gb18030", "gb2312"),  # its bytes are UTF-8 as well, by chance
        ("你好，请问我的订单什么时候到", "gb18030", ""),
        ("안녕하세요 문의드립니다", "cp949", "ks_c_5601-1987"),
        ("مرحبا، أريد أن أسأل", "cp1256", ""),
        ("שלום עולם, תודה רבה", "cp1255", ""),
        ("Γεια σας, ευχαριστώ πολύ", "cp1253", ""),
        ("สวัสดีครับ", "cp874", ""),
        ("Grüße", "utf-16", "utf-16"),
        ("Grüße", "utf-8-sig", "windows-1252"),
        ("日本語", "utf-7", "utf-7"),
        ("Hello", "ascii", "no-such-charset"),
    ],
)
def test_text_is_read_in_the_charset_it_was_written_in(text: str, written_in: str, declared: str):
    assert decode(text.encode(written_in), declared) == text


def test_japanese_with_vendor_letters_is_read_from_iso_2022_jp():
    nec_circled_one = b"\x1b$B-!\x1b(B"

    assert decode(b"No. " + nec_circled_one, "iso-2022-jp") == "No. ①"


def test_one_broken_byte_does_not_spoil_the_rest():
    raw = "Grüße aus Köln, ".encode() * 10 + b"caf\xe9"

    assert decode(raw, "utf-8") == "Grüße aus Köln, " * 10 + "café"


def test_a_hint_of_the_same_mail_decides_where_the_bytes_do_not():
    raw = "Сч".encode("cp1251")

    assert decode(raw, "", ["windows-1251"]) == "Сч"


def test_names_that_mailers_invent_are_known():
    names = ["UTF8", "utf8mb4", '"utf-8"', "cp-1251", "x-sjis", "x-gbk", "iso-8859-8-i", "macintosh"]

    assert all(known(name) for name in names)


@given(
    st.binary(max_size=300), st.sampled_from(["", "utf-8", "gb2312", "iso-2022-jp", "utf-16", "hz", "idna"])
)
def test_any_bytes_in_any_charset_give_text(raw: bytes, declared: str):
    assert isinstance(decode(raw, declared), str)

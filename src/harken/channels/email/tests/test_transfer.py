"""Transfer encodings, whole and damaged."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email import transfer


@given(st.binary(max_size=500))
def test_base64_comes_back(content: bytes):
    assert transfer.decode(base64.encodebytes(content), "base64") == content


@pytest.mark.parametrize("damaged", [b"SGVsbG8", b"SGVs!bG8=", b" SGVs\r\n\tbG8=\r\n", b"SGVsbG8=="])
def test_damaged_base64_gives_what_it_can(damaged: bytes):
    assert transfer.from_base64(damaged) == b"Hello"


def test_pieces_of_base64_one_after_another_are_one_content():
    assert transfer.from_base64(b"SGVs\nbG8=\nLCBB\nbm4=\n") == b"Hello, Ann"


def test_a_footer_that_a_list_wrote_below_base64_is_no_content():
    assert (
        transfer.from_base64(b"SGVsbG8=\n\n____\nPrinters mailing list\nhttps://lists.example.com\n")
        == b"Hello"
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (b"caf=C3=A9", "café"),
        (b"50 = half", "50 = half"),
        (b"soft=\r\nbreak", "softbreak"),
        (b"a=ZZb", "a=ZZb"),
    ],
)
def test_quoted_printable_with_bare_equals_signs_is_read(written: bytes, meant: str):
    assert transfer.decode(written, "quoted-printable").decode() == meant


def test_files_written_into_text_are_found():
    text = b"See below.\n\nbegin 644 hello.txt\n%2&5L;&\\\n`\nend\nBye"

    assert transfer.uu_files(text) == [(b"hello.txt", b"Hello")]


def test_an_unknown_encoding_leaves_the_content_alone():
    assert transfer.decode(b"abc", "x-rot13") == b"abc"

"""Outlook's winmail.dat: what is inside comes out, and what cannot be opened stays as it came."""

import base64
import struct
import time
from datetime import UTC, datetime, timedelta

import pytest

from harken.channels.contract import Incoming
from harken.channels.email import rtf, tnef
from harken.channels.email.read import read
from harken.channels.email.tests.containers import (
    APPOINTMENT,
    BINARY,
    MOMENT,
    OBJECT,
    TEXT,
    UNICODE,
    make_attribute,
    make_properties,
    make_property,
    make_stored_rtf,
    make_tnef,
    make_tnef_file,
)
from harken.channels.email.tests.mails import make_parts

PLAIN = make_property(0x1000, TEXT, b"Gr\xfc\xdfe aus Outlook\0")
# The example of MS-OXRTFCP, 4.1.1.
PACKED = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)


def letter_with(container: bytes, *others: str) -> Incoming:
    head = "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"
    return read(make_parts(*others, head + base64.encodebytes(container).decode()))


def filetime(moment: datetime) -> bytes:
    """Windows counts tenths of microseconds since 1601."""
    return struct.pack("<Q", (moment - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10)


def names(letter: Incoming) -> list[str]:
    return [file.name for file in letter.files]


def test_files_come_out_under_their_long_names_and_the_container_stays_last():
    container = make_tnef(files=(make_tnef_file("Angebot März.pdf", b"%PDF"), make_tnef_file("b.txt", b"b")))

    letter = letter_with(container, "\nSee the offer")

    assert names(letter) == ["Angebot März.pdf", "b.txt", "winmail.dat"]
    assert letter.files[0].content == b"%PDF"
    assert letter.text == "See the offer"


def test_its_words_are_read_where_the_letter_has_no_others():
    assert letter_with(make_tnef(PLAIN)).text == "Grüße aus Outlook"
    assert letter_with(make_tnef(PLAIN), "\nHello").text == "Hello"


def test_its_html_is_shown_and_its_pictures_stand_in_place():
    html = make_property(0x1013, BINARY, b'<p>Look: <img src="cid:dot@x"></p>')
    dot = make_tnef_file(
        "dot.png",
        b"PNG",
        make_property(0x3712, TEXT, b"dot@x\0"),
        make_property(0x370E, TEXT, b"image/png\0"),
    )

    letter = letter_with(make_tnef(html, files=(dot,)))

    assert letter.text == "Look:"
    assert 'cid="dot@x"' in letter.html or "cid:dot@x" in letter.html
    assert [(file.name, file.inline) for file in letter.files] == [("dot.png", True), ("winmail.dat", False)]


def test_compressed_rtf_is_unpacked_as_its_specification_shows():
    assert rtf.unpacked(PACKED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_words_in_rtf_are_read_in_their_code_pages():
    document = (
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Arial;}{\f1\fcharset0 Arial;}}{\*\generator Riched}"
        rb"\f0 \'cf\'f0\'e8\'e2\'e5\'f2\par \f1 caf\'e9 \u8364?\tab x}"
    )

    letter = letter_with(make_tnef(make_property(0x1009, BINARY, make_stored_rtf(document))))

    assert letter.text == "Привет\ncafé €\tx"


def test_html_wrapped_in_rtf_is_the_html():
    document = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 Hello "
        rb"{\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 W\'f6rld\htmlrtf }\htmlrtf0 {\*\htmltag92 </b>}{\*\htmltag72 </p>}}"
    )

    letter = letter_with(make_tnef(make_property(0x1009, BINARY, make_stored_rtf(document))))

    assert letter.text == "Hello Wörld"
    assert "<b>Wörld</b>" in letter.html


def test_a_message_inside_becomes_a_file_with_its_own_files_beside_it():
    subject = make_property(0x0037, UNICODE, "Old matter\0".encode("utf-16-le"))
    inner = make_tnef(subject, PLAIN, files=(make_tnef_file("inner.txt", b"inner"),))
    held = make_tnef_file("x", b"", make_property(0x3701, OBJECT, b"\0" * 16 + inner))

    letter = letter_with(make_tnef(files=(held,)), "\nHello")

    assert names(letter) == ["Old matter.txt", "inner.txt", "winmail.dat"]
    assert letter.files[0].content.decode() == "Grüße aus Outlook"


def test_a_meeting_inside_is_an_invitation():
    ten, eleven = (filetime(datetime(2026, 11, 24, hour, tzinfo=UTC)) for hour in (10, 11))
    container = make_tnef(
        make_property(0x0037, TEXT, b"Printer talk\0"),
        make_property(0x820D, MOMENT, ten, APPOINTMENT),
        make_property(0x820E, MOMENT, eleven, APPOINTMENT),
        make_property(0x8208, TEXT, b"Room 1\0", APPOINTMENT),
        attributes=make_attribute(1, 0x78008, b"IPM.Microsoft Schedule.MtgReq\0"),
    )

    invitation = letter_with(container, "\nCome").invitation

    assert invitation is not None
    assert (invitation.method, invitation.summary, invitation.location) == (
        "REQUEST",
        "Printer talk",
        "Room 1",
    )
    assert invitation.starts_at == "2026-11-24T10:00:00+00:00"
    assert invitation.ends_at == "2026-11-24T11:00:00+00:00"


def test_one_that_is_cut_short_stays_a_file():
    container = make_tnef(PLAIN, files=(make_tnef_file("a.pdf", b"%PDF" * 100),))

    for size in (0, 3, 6, 20, 100, len(container) - 300, len(container) - 1):
        letter = letter_with(container[:size], "\nHello")
        assert names(letter) == ["winmail.dat"]
        assert letter.files[0].content == container[:size]


@pytest.mark.parametrize(
    "container",
    [
        make_tnef(files=(make_tnef_file("a", b"a"),) * 101),
        make_tnef(attributes=make_attribute(1, 0x69003, struct.pack("<I", 0xFFFFFFFF))),
        make_tnef(attributes=make_attribute(1, 0x69003, struct.pack("<IHHI", 1, 0x1003, 0x10, 0xFFFFFFF0))),
        make_tnef() + struct.pack("<BII", 1, 0x2800C, 0xFFFFFFFF),
        make_tnef(files=(make_attribute(2, 0x69002, b""),) * 200_000),
        make_tnef(attributes=make_attribute(1, 0x69003, make_properties()) * 200_000),
        make_tnef(
            make_property(
                0x1009, BINARY, struct.pack("<IIII", 9, 1 << 31, 0x75465A4C, 0) + b"\xff\x00\x0f" * 9
            )
        ),
        b"\x78\x9f\x3e\x22" * 500_000,
    ],
    ids=["files", "count", "values", "length", "empty files", "blocks", "repeats", "signatures"],
)
def test_a_hostile_one_costs_nothing(container: bytes):
    begun = time.monotonic()

    letter = letter_with(container, "\nHello")

    assert letter.text == "Hello"
    assert names(letter)[-1] == "winmail.dat"
    assert time.monotonic() - begun < 2


def test_containers_nested_too_deep_stay_shut():
    inner = make_tnef(PLAIN)
    for _ in range(6):
        inner = make_tnef(
            files=(make_tnef_file("x", b"", make_property(0x3701, OBJECT, b"\0" * 16 + inner)),)
        )

    assert tnef.unpack(inner) is None


def test_rtf_full_of_braces_is_read_in_a_moment():
    begun = time.monotonic()

    assert rtf.content(b"{\\rtf1" + b"{" * 2_000_000) == ""
    assert rtf.content(b"{\\rtf1\\fromhtml1" + b"{\\*\\htmltag " * 200_000 + b"a") != "b"
    assert rtf.content(b"\\" * 2_000_000) is not None
    assert time.monotonic() - begun < 8

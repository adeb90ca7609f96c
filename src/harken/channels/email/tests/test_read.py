"""A raw mail becomes an Incoming, whatever its bytes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.contract import Address
from harken.channels.email.mime import LimitReached
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts


def test_an_everyday_letter_is_read_whole():
    letter = read(
        make_mail(
            "Hello,\r\nit does not print.\r\n",
            cc='"Roe, Bob" <bob@example.com>, carol@example.com',
            reply_to="ann@home.example",
            in_reply_to="<9@acme.example>",
            references="<8@acme.example>\r\n <9@acme.example>",
            delivered_to="Help@Acme.example",
        )
    )

    assert letter.sender == Address("ann@example.com", "Ann")
    assert letter.subject == "The printer"
    assert letter.text == letter.visible_text == "Hello,\nit does not print."
    assert letter.to == (Address("help@acme.example"),)
    assert letter.cc == (Address("bob@example.com", "Roe, Bob"), Address("carol@example.com"))
    assert letter.reply_to == (Address("ann@home.example"),)
    assert letter.external_id == "1@example.com"
    assert letter.in_reply_to == ("9@acme.example",)
    assert letter.references == ("8@acme.example", "9@acme.example")
    assert letter.delivered_to == ("help@acme.example",)
    assert letter.sent_at == datetime(2026, 11, 23, 7, 11, 12, tzinfo=UTC)


def test_a_mail_without_anything_is_still_a_mail():
    letter = read(b"")

    assert letter.sender == Address("")
    assert (letter.subject, letter.text, letter.external_id, letter.sent_at) == ("", "", "", None)
    assert letter.content_sha256


@pytest.mark.parametrize("missing", ["from", "to", "subject", "message_id", "date"])
def test_a_missing_header_loses_nothing_else(missing: str):
    letter = read(make_mail("Hello", **{missing: None}))

    assert letter.text == "Hello"


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ({"from": None, "sender": "bob@example.com"}, Address("bob@example.com")),
        ({"from": None, "return_path": "<bob@example.com>"}, Address("bob@example.com")),
        ({"from": "Bob"}, Address("", "Bob")),
        ({"from": "bob@example.com (Bob Roe)"}, Address("bob@example.com", "Bob Roe")),
        ({"from": '"Roe, Bob" <bob@example.com>'}, Address("bob@example.com", "Roe, Bob")),
        ({"from": "Roe, Bob <bob@example.com>"}, Address("bob@example.com", "Bob")),
        ({"from": "=?utf-8?q?J=C3=BCrgen?= <j@example.com>"}, Address("j@example.com", "Jürgen")),
        ({"from": "=?utf-8?q?Roe=2C_Bob?= <bob@example.com>"}, Address("bob@example.com", "Roe, Bob")),
        ({"from": '"=?utf-8?q?J=C3=BCrgen?=" <j@example.com>'}, Address("j@example.com", "Jürgen")),
        ({"from": "Ольга <o@example.com>".encode("koi8-r")}, Address("o@example.com", "Ольга")),
        ({"from": "用户 <用户@例え.jp>"}, Address("用户@例え.jp", "用户")),
        ({"from": "Bob <bob@example.com"}, Address("bob@example.com", "Bob")),
        ({"from": "<<bob@example.com>>"}, Address("bob@example.com")),
        ({"from": "Bob <mailto:bob@example.com>"}, Address("bob@example.com", "Bob")),
        ({"from": "bob@example.com <bob@example.com>"}, Address("bob@example.com")),
        ({"from": "Bob <bob@example.com>, Carol <carol@example.com>"}, Address("bob@example.com", "Bob")),
    ],
)
def test_the_sender_is_found_in_every_broken_form(headers: dict[str, str | bytes | None], sender: Address):
    assert read(make_mail(**headers)).sender == sender


def test_nul_and_controls_never_come_through():
    letter = read(make_mail(b"be\0fore\r\n", subject=b"The\0 =?utf-8?q?pri=00nter?=", message_id="<a\0b@x>"))

    assert "\0" not in letter.text + letter.subject + letter.external_id
    assert letter.subject == "The printer"


def test_raw_eight_bit_subjects_are_read_in_the_charset_of_the_body():
    letter = read(
        make_mail(
            "Тест".encode("cp1251"),
            subject="Срочно".encode("cp1251"),
            content_type="text/plain; charset=cp1251",
        )
    )

    assert (letter.subject, letter.text) == ("Срочно", "Тест")


def test_a_subject_that_is_too_long_is_cut_and_one_of_a_megabyte_is_quick():
    letter = read(make_mail(subject="long " * 200_000))

    assert len(letter.subject) == 1_000


def test_three_thousand_references_are_kept_in_order():
    ids = [f"{number}@example.com" for number in range(3_000)]

    letter = read(make_mail(references="\r\n ".join(f"<{each}>" for each in ids)))

    assert letter.references == tuple(ids)


def test_five_hundred_recipients_are_kept():
    letter = read(make_mail(to=",\r\n ".join(f"Person {n} <p{n}@example.com>" for n in range(500))))

    assert len(letter.to) == 500


@pytest.mark.parametrize("message_id", ["<[abc@]>", "no brackets", "<a@b> (comment)", "<>", "<a b@c>"])
def test_a_broken_message_id_breaks_nothing(message_id: str):
    assert read(make_mail("Hello", message_id=message_id)).text == "Hello"


def test_reading_twice_gives_the_same():
    raw = make_parts("\nHello", "Content-Type: image/png; name=a.png\n\nx")

    assert read(raw) == read(raw)


HEADER_NAMES = st.sampled_from(
    ["From", "To", "Subject", "Content-Type", "Content-Disposition", "Date", "Message-ID"]
)
TOKENS = st.sampled_from(
    [b"=?utf-8?q?", b"?=", b'"', b"<", b">", b"@", b";", b"=", b"*0*=", b"multipart/mixed", b"boundary=b", b"\r\n ",
     b"charset=", b"name=", b"\xff", b"\xd0", b"(", b")", b",", b":", b"message/rfc822", b"text/html", b"base64"]
)  # fmt: skip
LINES = st.one_of(
    st.tuples(HEADER_NAMES, st.lists(TOKENS, max_size=8)).map(
        lambda line: line[0].encode() + b": " + b"".join(line[1])
    ),
    st.sampled_from(
        [b"", b"--b", b"--b--", b"--", b"> quoted", b"On 1.1.2026 10:11 a@b.c wrote:", b"begin 644 x", b"end"]
    ),
    st.binary(max_size=40),
)


@given(st.one_of(st.binary(max_size=400), st.lists(LINES, max_size=30).map(b"\r\n".join)))
def test_any_bytes_are_read(raw: bytes):
    try:
        letter = read(raw)
    except LimitReached:
        return
    assert all(file.name and "/" not in file.name for file in letter.files)
    assert "\0" not in letter.text + letter.visible_text + letter.html + letter.subject

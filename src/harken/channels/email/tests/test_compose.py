"""What leaves is well-formed, readable everywhere, and nobody's words can change its headers."""

from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.contract import Address, Outgoing, OutgoingFile
from harken.channels.email.compose import compose, needs_utf8
from harken.channels.email.header_lines import NotAnAddress, wire_address
from harken.channels.email.tests.letters import make_outgoing

KNOWN_HEADERS = {
    "auto-submitted",
    "cc",
    "content-transfer-encoding",
    "content-type",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "references",
    "reply-to",
    "subject",
    "to",
    "x-auto-response-suppress",
}
PICTURE = OutgoingFile("chart.png", "image/png", b"\x89PNG", content_id="chart@acme.example")
INVOICE = OutgoingFile("Invoice 4711.pdf", "application/pdf", b"%PDF-1.7")


def written(**changes: Any) -> EmailMessage:
    message = message_from_bytes(compose(make_outgoing(**changes)), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def plain_words(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def kinds(message: Message) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_plain_words_leave_as_one_plain_part():
    message = written()

    assert message.get_content_type() == "text/plain"
    assert plain_words(message) == "Please turn it off and on again.\n\nOlga\n"
    assert message["From"] == "Acme Help <help@acme.example>"
    assert message["To"] == "Ann <ann@example.com>"
    assert message["Subject"] == "Re: The printer"
    assert message["Message-ID"] == "<1.abc@acme.example>"
    assert message["Date"] == "Sun, 22 Nov 2026 09:30:00 +0000"
    assert message["MIME-Version"] == "1.0"
    assert message["Auto-Submitted"] is None


def test_html_pictures_and_files_nest_as_mail_programs_expect():
    message = written(html='<p>See <img src="cid:chart@acme.example"></p>', files=(PICTURE, INVOICE))

    assert kinds(message) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    picture, invoice = list(message.walk())[-2:]
    assert picture["Content-ID"] == "<chart@acme.example>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == PICTURE.content
    assert (invoice.get_content_disposition(), invoice.get_filename()) == ("attachment", "Invoice 4711.pdf")
    assert invoice.get_payload(decode=True) == INVOICE.content


def test_a_picture_that_no_html_shows_is_attached():
    message = written(files=(PICTURE,))

    assert kinds(message) == ["multipart/mixed", "text/plain", "image/png"]
    assert list(message.walk())[-1].get_content_disposition() == "attachment"


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Köln",
        "Ответ на письмо",
        "ご連絡ありがとう",
        "شكرا لك",
        "Ẹ ṣé púpọ̀",
        "x" * 3000,
        "From here on\n.\n..\n",
    ],
)
def test_every_script_and_every_line_length_survives(text: str):
    raw = compose(make_outgoing(text=text, subject=text[:300], html=f"<p>{text}</p>"))

    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert plain_words(message).rstrip("\n") == text.rstrip("\n")
    assert message["Subject"] == " ".join(text[:300].split())


def test_a_line_that_begins_with_from_is_hidden_from_mailbox_files():
    assert b"\nFrom here" not in compose(make_outgoing(text="From here on"))


@pytest.mark.parametrize(
    "name",
    ["Ann Ünal", 'Ann "The Boss" O\'Hara, Ltd.', "Анна Иванова", "山田 花子", "=?utf-8?q?Olga?=", "x" * 100],
)
def test_every_name_comes_back_as_it_was(name: str):
    message = written(to=(Address("ann@example.com", name), Address("bob@example.com", name)))

    assert [each.display_name for each in message["To"].addresses] == [name, name]
    assert [each.addr_spec for each in message["To"].addresses] == ["ann@example.com", "bob@example.com"]


@pytest.mark.parametrize(
    "injected",
    ["\r\nBcc: mallory@example.com", "\nBcc: m@x", "\rX: y", "\0", "\x0b", "\x85", "\u2028Bcc: m@x"],
)
def test_a_line_break_in_any_value_stays_in_its_header(injected: str):
    message = written(
        subject=f"Hi{injected}",
        sender=Address("help@acme.example", f"Acme{injected}"),
        to=(Address("ann@example.com", f"Ann{injected}"), Address(f"eve{injected}@example.com")),
        cc=(Address("bob@example.com", injected),),
        reply_to=Address("help+1@acme.example", injected),
        in_reply_to=f"2@example.com{injected}",
        references=("3@example.com", f"4{injected}@example.com"),
        files=(OutgoingFile(f"a{injected}.txt", f"text/plain{injected}", b"", content_id=f"c{injected}"),),
    )

    assert {name.lower() for name in message} <= KNOWN_HEADERS
    assert message["References"] == "<3@example.com>"
    assert message["In-Reply-To"] is None
    assert [each.addr_spec for each in message["To"].addresses] == ["ann@example.com"]


def test_a_reference_that_is_no_message_id_is_refused():
    with pytest.raises(ValueError, match="Message-ID"):
        compose(make_outgoing(reference="1@x>\r\nBcc: mallory@example.com"))


def test_a_long_thread_keeps_its_first_id_and_its_last():
    chain = tuple(f"{number}@example.com" for number in range(3000))

    message = written(references=chain, in_reply_to="last@example.com")

    ids = message["References"].split()
    assert len(ids) == 20
    assert (ids[0], ids[-2], ids[-1]) == ("<0@example.com>", "<2999@example.com>", "<last@example.com>")


def test_blind_copies_are_in_no_header():
    raw = compose(make_outgoing(recipients=("ann@example.com", "hidden@example.com")))

    assert b"hidden@example.com" not in raw
    assert b"bcc" not in raw.lower()


def test_what_no_human_wrote_says_so():
    message = written(automatic=True)

    assert message["Auto-Submitted"] == "auto-generated"


def test_a_retry_repeats_the_same_bytes():
    assert compose(make_outgoing(html="<p>Hi</p>")) == compose(make_outgoing(html="<p>Hi</p>"))


def test_without_anybody_to_name_the_recipients_stay_undisclosed():
    assert written(to=())["To"] == "undisclosed-recipients:;"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\secret\\plan.doc", "plan.doc"),
        ("report\u202egpj.exe", "reportgpj.exe"),
        ("", "file"),
        ("...", "file"),
        ('a"b\\c;.txt', "c;.txt"),
        ("名前" * 100 + ".pdf", ("名前" * 100)[:146] + ".pdf"),
        ("отчёт за ноябрь 2026.xlsx", "отчёт за ноябрь 2026.xlsx"),
    ],
)
def test_a_file_keeps_its_name_and_no_path(name: str, kept: str):
    message = written(files=(OutgoingFile(name, "application/pdf", b"x"),))

    assert list(message.walk())[-1].get_filename() == kept


@pytest.mark.parametrize(
    "media_type", ["message/rfc822", "multipart/mixed", "nonsense", "text/html\r\nX: y", "image/png; x=y"]
)
def test_a_kind_that_may_not_be_encoded_travels_as_a_plain_file(media_type: str):
    message = written(files=(OutgoingFile("a.eml", media_type, b"Subject: hi\n\nhi"),))

    assert list(message.walk())[-1].get_content_type() == "application/octet-stream"
    assert list(message.walk())[-1].get_payload(decode=True) == b"Subject: hi\n\nhi"


@pytest.mark.parametrize(
    ("email", "wire"),
    [
        ("ann@example.com", "ann@example.com"),
        ("ann@Köln.example", "ann@xn--kln-sna.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@例え。テスト", "ann@xn--r8jz45g.xn--zckzah"),
        ("анна@example.com", "анна@example.com"),
        ("ann smith@example.com", '"ann smith"@example.com'),
        ('"ann smith"@example.com', '"ann smith"@example.com'),
        ("ann@[192.0.2.1]", "ann@[192.0.2.1]"),
    ],
)
def test_an_address_is_written_as_servers_take_it(email: str, wire: str):
    assert wire_address(email) == wire


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@exa mple.com",
        "ann@-x.com",
        "ann@x..com",
        "a\nb@x.com",
        "ann@x.com>",
        "a@" + "x" * 400,
    ],
)
def test_what_is_no_address_is_refused(email: str):
    with pytest.raises(NotAnAddress):
        wire_address(email)


def test_an_address_outside_ascii_asks_for_smtputf8_and_can_be_left_out():
    letter = make_outgoing(to=(Address("анна@example.com"), Address("bob@example.com")))

    assert needs_utf8(letter)
    assert not needs_utf8(make_outgoing(to=(Address("ann@köln.example"),)))
    assert "анна@example.com".encode() in compose(letter)
    assert compose(letter, utf8=False).isascii()
    assert b"bob@example.com" in compose(letter, utf8=False)


TEXT = st.text(max_size=200)
ADDRESSES = st.builds(Address, email=st.one_of(st.just("ann@example.com"), TEXT), name=TEXT)
FILES = st.builds(OutgoingFile, name=TEXT, media_type=TEXT, content=st.binary(max_size=50), content_id=TEXT)


@given(
    letter=st.builds(
        make_outgoing,
        subject=TEXT,
        text=TEXT,
        html=TEXT,
        to=st.tuples(ADDRESSES),
        cc=st.tuples(ADDRESSES, ADDRESSES),
        reply_to=ADDRESSES,
        in_reply_to=TEXT,
        references=st.tuples(TEXT, TEXT),
        files=st.tuples(FILES),
    )
)
def test_no_words_whatever_break_the_form(letter: Outgoing):
    raw = compose(letter)

    head = raw.split(b"\r\n\r\n")[0]
    names = {line.split(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] != b" "}
    assert names <= KNOWN_HEADERS
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\0" not in raw

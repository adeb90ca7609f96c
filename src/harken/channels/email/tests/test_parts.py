"""Which part is the words, which the HTML, and which are files."""

import base64
from html import escape

import pytest

from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts

PLAIN = "Content-Type: text/plain\n\nHello, plainly"
RICH = "Content-Type: text/html\n\n<p>Hello, <b>richly</b></p>"
PICTURE = "Content-Type: image/png; name=dot.png\nContent-Transfer-Encoding: base64\nContent-ID: <dot@x>\n\niVBORw=="


def test_alternatives_are_the_same_words_to_read_and_to_show():
    letter = read(make_parts(PLAIN, RICH, kind="alternative"))

    assert letter.text == "Hello, plainly"
    assert "<b>richly</b>" in letter.html
    assert not letter.files


def test_html_alone_is_rendered():
    letter = read(make_mail("<p>Hello</p><p>Ann</p>", content_type="text/html"))

    assert letter.text == "Hello\n\nAnn"


def test_an_empty_plain_alternative_gives_way_to_the_html():
    letter = read(make_parts("Content-Type: text/plain\n\n \n", RICH, kind="alternative"))

    assert letter.text == "Hello, richly"


def test_alternatives_that_say_different_things_are_all_kept():
    letter = read(make_parts(PLAIN, "Content-Type: text/plain\n\nand this", kind="alternative"))

    assert letter.text == "Hello, plainly\n\nand this"


def test_words_before_and_after_a_picture_are_one_text():
    letter = read(make_parts("\nbefore", PICTURE, "\nafter"))

    assert letter.text == "before\n\nafter"
    assert [file.name for file in letter.files] == ["dot.png"]


def test_a_picture_is_inline_when_the_html_shows_it():
    shown = read(make_parts('Content-Type: text/html\n\n<img src="cid:dot@x">', PICTURE, kind="related"))
    beside = read(make_parts("Content-Type: text/html\n\n<p>See the picture", PICTURE))

    assert [(file.content_id, file.inline) for file in shown.files] == [("dot@x", True)]
    assert [file.inline for file in beside.files] == [False]


def test_an_enclosed_mail_is_a_file_with_its_own_files_beside_it():
    enclosed = make_parts("\nHi", PICTURE, subject="Old matter").decode().replace("frontier", "inner")

    letter = read(make_parts("\nSee below", f"Content-Type: message/rfc822\n\n{enclosed}".replace("\r", "")))

    assert letter.text == "See below"
    assert [(file.name, file.media_type) for file in letter.files] == [
        ("Old matter.eml", "message/rfc822"),
        ("dot.png", "image/png"),
    ]
    assert letter.files[0].content.startswith(b"From: Ann")


def test_an_invitation_and_winmail_are_kept_as_files():
    invitation = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR"
    container = "Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\neJ8+Ig=="

    letter = read(make_parts(PLAIN, invitation, container))

    assert [file.name for file in letter.files] == ["invitation.ics", "winmail.dat"]


def test_text_with_a_name_shown_in_place_is_words_and_a_file():
    letter = read(make_parts('Content-Type: text/plain; name="notes.txt"\n\nremember this'))

    assert letter.text == "remember this"
    assert [(file.name, file.content) for file in letter.files] == [("notes.txt", b"remember this")]


def test_attached_text_is_a_file_alone():
    part = "Content-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nERROR"

    letter = read(make_parts(PLAIN, part))

    assert letter.text == "Hello, plainly"
    assert [file.name for file in letter.files] == ["log.txt"]


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\Windows\\\\evil.exe"', "evil.exe"),
        ('filename="photo\u202egpj.exe"', "photogpj.exe"),
        ('filename="in\u200bvoice\x07.pdf"', "invoice.pdf"),
        ('filename=""', "attachment.pdf"),
        ('filename="' + "a" * 500 + '.pdf"', "a" * 116 + ".pdf"),
        ("filename*=utf-8''%E8%AB%8B%E6%B1%82%E6%9B%B8.pdf", "請求書.pdf"),
    ],
)
def test_a_hostile_file_name_is_made_harmless(declared: str, name: str):
    part = f"Content-Type: application/pdf\nContent-Disposition: attachment; {declared}\n\n%PDF"

    letter = read(make_parts(PLAIN, part))

    assert [file.name for file in letter.files] == [name]


def test_softly_broken_lines_are_joined():
    body = "A long line that was \r\nbroken for the wire.\r\n> quoted \r\n> too\r\n-- \r\nAnn"

    letter = read(make_mail(body, content_type="text/plain; format=flowed"))

    assert letter.text.startswith("A long line that was broken for the wire.\n> quoted too\n-- \nAnn")


def test_lines_of_east_asian_text_are_joined_without_the_space():
    letter = read(
        make_mail("請求 \r\n書です", content_type="text/plain; format=flowed; delsp=yes; charset=utf-8")
    )

    assert letter.text == "請求書です"


def test_a_file_written_into_the_text_is_a_file_and_folded_away():
    letter = read(make_mail("See:\n\nbegin 644 hello.txt\n%2&5L;&\\\n`\nend\nBye"))

    assert [(file.name, file.content) for file in letter.files] == [("hello.txt", b"Hello")]
    assert letter.visible_text == "See:\n\nBye"


@pytest.mark.parametrize(
    ("shown", "header"),
    [
        ("cid:dot%40x", "Content-ID: <dot@x>"),
        ("CID:DOT@X", "Content-ID: <dot@x>"),
        ("cid:dot@x", "Content-Id: dot@x"),
        ("images/dot.png", "Content-Location: images/dot.png"),
        ("http://x.example/a?b&amp;c", "Content-Location: http://x.example/a?b&c"),
    ],
)
def test_a_picture_stands_in_its_place_however_it_is_named(shown: str, header: str):
    page = f'Content-Type: text/html\n\n<p>Look <img src="{shown}"></p>'
    picture = f"Content-Type: image/png; name=dot.png\n{header}\n\nPNG"

    letter = read(make_parts(page, picture, kind="related"))

    (file,) = letter.files
    assert file.inline
    assert f'data-cid="{escape(file.content_id)}"' in letter.html


def test_a_picture_written_into_its_address_becomes_a_file_in_its_place():
    content = b"\x89PNG" * 1_000
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"

    letter = read(make_mail(f'<p>Look <img src="{address}"></p>', content_type="text/html"))

    (file,) = letter.files
    assert (file.content, file.inline, file.media_type) == (content, True, "image/png")
    assert f'data-cid="{file.content_id}"' in letter.html


def test_the_name_of_an_enclosed_mail_is_its_subject_slashes_and_all():
    enclosed = "Content-Type: message/rfc822\n\nSubject: Offer 1/2\n\nHi"

    assert [file.name for file in read(make_parts("\nSee", enclosed)).files] == ["Offer 1-2.eml"]


@pytest.mark.parametrize(
    ("delsp", "text"),
    [("no", "one two\n>> quoted more\n-- \nAnn"), ("yes", "onetwo\n>> quotedmore\n-- \nAnn")],
)
def test_flowed_lines_are_joined_as_they_were_written(delsp: str, text: str):
    body = "one \r\ntwo\r\n>> quoted \r\n>> more\r\n-- \r\nAnn"

    assert read(make_mail(body, content_type=f"text/plain; format=flowed; delsp={delsp}")).text == text


@pytest.mark.parametrize(
    ("encoded", "text"),
    [
        ("a =3D b", "a = b"),
        ("a = b", "a = b"),
        ("a == b", "a == b"),
        ("a === b =3d", "a === b ="),
        ("soft=\r\nbreak", "softbreak"),
        ("soft= \t\r\nbreak", "softbreak"),
        ("x=\ry", "x=\ny"),
        ("caf=C3=A9 =ZZ", "café =ZZ"),
        ("end=", "end"),
    ],
)
def test_quoted_printable_keeps_what_is_no_escape(encoded: str, text: str):
    letter = read(make_mail(encoded, content_transfer_encoding="quoted-printable"))

    assert letter.text == text


def test_words_of_a_letter_that_declares_parts_and_has_none_are_read():
    letter = read(make_mail("Where is my bread?", content_type="multipart/mixed; boundary=never"))

    assert (letter.text, letter.files) == ("Where is my bread?", ())

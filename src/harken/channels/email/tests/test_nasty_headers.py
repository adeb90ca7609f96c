"""Headers as broken programs write them: encoded words, parameters and addresses, each read as its writer meant it."""

import time

import pytest

from harken.channels.contract import Incoming
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        (b"=?utf-8?Q?a?=\r\n =?iso-8859-1?Q?=E9?=", "aé"),
        (b"=?utf-8?Q?a b c?=", "a b c"),
        (b"=?utf-8?Q?a?=b", "ab"),
        (b"x=?utf-8?Q?a?=", "xa"),
        (b"=?utf-8?B?w6k?=", "é"),
        (b"=?utf-8?B?w6k=", "é"),
        (b"=?utf-8?B?w6k= ?=", "é"),
        (b"=?UTF8?Q?=C3=A9?=", "é"),
        (b"=?utf-8*en?Q?=C3=A9?=", "é"),
        (b'"=?utf-8?Q?=C3=A9?="', '"é"'),
        (b"=?utf-8?Q?=c3=a9?=", "é"),
        (b"=?unknown-8bit?Q?=E9t=E9?=", "été"),
        (b"=?x-nonsense?Q?=C3=A9?=", "é"),
        (b"=?us-ascii?Q?=E9?=", "é"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?utf-8?Q?50%=?= off", "50%= off"),
        (b"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?q?abc?= =?utf-8?q?def", "abcdef"),
        (b"=?utf-8?Q?a=00b?=", "ab"),
        (b"=?utf-8?Q?evil=0D=0ABcc:_x?=", "evil Bcc: x"),
        (b"=?gb2312?B?1eLKx9bQzsQ=?=", "这是中文"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b"=?utf-7?Q?+AOk-?=", "é"),
        (b"=?utf-16?B?/v8A6Q==?=", "é"),
        (b"=?cp-850?Q?=82?=", "é"),
        (b"\xcf\xf0\xe8\xe2\xe5\xf2 \xe2\xf1\xe5\xec", "Привет всем"),
        ("日本語の件名".encode("shift_jis"), "日本語の件名"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("Grüße".encode(), "Grüße"),
        ("👨\u200d👩 می\u200cخواهم".encode(), "👨\u200d👩 می\u200cخواهم"),
        ("a\u202eb".encode(), "a b"),
    ],
)
def test_a_subject_is_read_as_its_writer_saw_it(raw: bytes, subject: str):
    assert read(make_mail(subject=raw)).subject == subject


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"filename=a b.pdf", "a b.pdf"),
        (b"filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
        (b"filename*=iso-8859-1'en'caf%E9.pdf", "café.pdf"),
        (b"filename*0*=utf-8''caf%C3; filename*1*=%A9.pdf", "café.pdf"),
        (b"filename*1=b.pdf; filename*0=a", "ab.pdf"),
        (b"filename*0=a; filename*2=c.pdf", "ac.pdf"),
        (b"filename*00*=utf-8''a; filename*01*=b.pdf", "ab.pdf"),
        (b"filename*0*=utf-8''caf%C3%A9; filename*1=\" menu.pdf\"", "café menu.pdf"),
        (b"filename*=caf%C3%A9.pdf", "café.pdf"),
        (b"filename*=\"utf-8''caf%C3%A9.pdf\"", "café.pdf"),
        (b'filename="=?utf-8?Q?caf=C3=A9.pdf?="', "café.pdf"),
        (b"filename==?utf-8?Q?caf=C3=A9.pdf?=", "café.pdf"),
        (b'filename="=?utf-8?Q?caf?= =?utf-8?Q?=C3=A9.pdf?="', "café.pdf"),
        (b'filename="caf\xe9.pdf"', "café.pdf"),
        ('filename="日本.pdf"'.encode("shift_jis"), "日本.pdf"),
        (b"filename=x.pdf; filename*=utf-8''caf%C3%A9.pdf", "café.pdf"),
        (b"FileName=A.pdf", "A.pdf"),
        (b'filename="a.pdf', "a.pdf"),
        (b'filename="a;b.pdf"', "a;b.pdf"),
        (b'filename="a\r\n b.pdf"', "a b.pdf"),
        (b'filename=""; name=b.pdf', "b.pdf"),
        (b'filename="a.pdf" (the file)', "a.pdf"),
    ],
)
def test_a_file_name_is_read_as_its_writer_saw_it(raw: bytes, name: str):
    assert attached(b"Content-Disposition: attachment; " + raw).files[0].name == name


def test_a_forgotten_semicolon_costs_no_name():
    assert attached(b"Content-Disposition: attachment filename=a.pdf").files[0].name == "a.pdf"


def test_a_path_is_told_and_never_part_of_the_name():
    file = attached(rb'Content-Disposition: attachment; filename="C:\TEMP\a.png"').files[0]

    assert (file.name, file.declared_name) == ("a.png", "C:\\TEMP\\a.png")


@pytest.mark.parametrize("path", [b"../../etc/passwd", rb"..\..\win.ini", b"a/../b"])
def test_a_path_that_climbs_is_told_nowhere(path: bytes):
    file = attached(b'Content-Disposition: attachment; filename="%s"' % path).files[0]

    assert file.name in {"passwd", "win.ini", "b"}
    assert file.declared_name == ""


@pytest.mark.parametrize(
    ("raw", "email", "name"),
    [
        (b"ann@example.com (Ann)", "ann@example.com", "Ann"),
        (b'"Baker, Ann" <ann@example.com>', "ann@example.com", "Baker, Ann"),
        ("Ánn <ánn@exämple.com>".encode(), "ánn@exämple.com", "Ánn"),
        (b"=?utf-8?Q?Baker=2C_Ann?= <ann@example.com>", "ann@example.com", "Baker, Ann"),
        (b"=?utf-8?Q?Ann_=3Cevil=40x.com=3E?= <ann@example.com>", "ann@example.com", "Ann <evil@x.com>"),
        (b"=?utf-8?Q?Ann_<ann@example.com>?=", "ann@example.com", "Ann"),
        (b"Ann ann@example.com", "ann@example.com", "Ann"),
        (b"Ann <ann@example.com", "ann@example.com", "Ann"),
        (b"Ann ann@example.com>", "ann@example.com", "Ann"),
        (b"Ann <<ann@example.com>>", "ann@example.com", "Ann"),
        (b"Ann <mailto:ann@example.com>", "ann@example.com", "Ann"),
        (b"Team: ann@example.com, bob@x.example;", "ann@example.com", ""),
        (b"Ann <@relay.example:ann@example.com>", "ann@example.com", "Ann"),
        (b"undisclosed-recipients:;", "", ""),
        (b"\xc0\xed\xed\xe0 <ann@example.com>", "ann@example.com", "Анна"),
    ],
)
def test_a_sender_is_found_in_whatever_form(raw: bytes, email: str, name: str):
    sender = read(make_mail(**{"from": raw})).sender

    assert (sender.email, sender.name) == (email, name)


@pytest.mark.parametrize("name", ["message_id", "in_reply_to", "references"])
def test_an_id_without_an_end_costs_nothing(name: str):
    begun = time.perf_counter()

    read(make_mail(**{name: b"x" * 100_000}))

    assert time.perf_counter() - begun < 5


def attached(disposition: bytes) -> Incoming:
    return read(make_parts(b"Content-Type: application/pdf\n" + disposition + b"\n\nx"))

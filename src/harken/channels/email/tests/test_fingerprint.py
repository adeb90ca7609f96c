"""One mail by two routes is one mail; another mail under the same id is another."""

from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail


def content(raw: bytes) -> str:
    return read(raw).content_sha256


def test_the_way_a_mail_took_does_not_change_it():
    mail = make_mail(message_id=None)
    way = (
        b"Return-Path: <ann@example.com>\r\nDelivered-To: help@acme.example\r\n"
        b"Received: from mx.example.com by mx.acme.example;\r\n Mon, 23 Nov 2026 10:11:13 +0300\r\n"
        b"Authentication-Results: mx.acme.example; dkim=pass\r\nX-Spam-Status: No\r\n"
    )

    assert content(way + mail) == content(mail)


def test_line_ends_and_folds_do_not_change_it():
    mail = make_mail("one\r\ntwo\r\n", subject="The\r\n printer")

    assert content(mail.replace(b"\r\n", b"\n")) == content(mail)
    assert content(make_mail("one\r\ntwo\r\n", subject="The printer")) == content(mail)


def test_other_words_under_the_same_message_id_are_another_mail():
    assert content(make_mail("one")) != content(make_mail("two"))


def test_another_recipient_in_the_letter_itself_is_another_mail():
    assert content(make_mail(cc="bob@example.com")) != content(make_mail())

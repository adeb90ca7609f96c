"""Delivery failures: recognised whoever reports them, and never seen where a person writes."""

import pytest

from harken.channels.contract import Incoming
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts

DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example.com>"
WORDS = "\nI'm sorry to have to inform you that your message could not be delivered."
ORIGINAL = (
    "Content-Type: message/rfc822\n\nMessage-ID: <77.abc@acme.example>\nSubject: Re: The printer\n\nHello Ann"
)


def make_report(fields: str, **headers: str | None) -> Incoming:
    status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n{fields}"
    everyday: dict[str, str | None] = {"from": DAEMON, "subject": "Undelivered Mail Returned to Sender"}
    return read(
        make_parts(
            WORDS, status, ORIGINAL, kind='report; report-type="delivery-status"', **everyday | headers
        )
    )


def test_a_report_names_the_mail_and_the_recipient():
    letter = make_report("Final-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1")

    assert letter.bounce
    assert letter.bounced_ids == ("77.abc@acme.example",)
    assert letter.bounced_recipients == ("ann@example.com",)
    assert not letter.auto_reply


def test_the_address_we_wrote_to_counts_before_the_one_it_was_forwarded_to():
    letter = make_report(
        "Original-Recipient: rfc822;ann@example.com\nFinal-Recipient: rfc822;ann@elsewhere.example\nAction: failed"
    )

    assert letter.bounced_recipients == ("ann@example.com",)


def test_a_delay_is_no_final_failure():
    letter = make_report("Final-Recipient: rfc822; ann@example.com\nAction: delayed\nStatus: 4.4.1")

    assert letter.bounce
    assert letter.bounced_recipients == ()
    assert letter.delayed_recipients == ("ann@example.com",)


def test_a_report_of_success_is_no_failure():
    letter = make_report(
        "Final-Recipient: rfc822; ann@example.com\nAction: delivered\nStatus: 2.0.0", subject="Done"
    )

    assert not letter.bounce
    assert letter.auto_reply


def test_only_the_failed_of_two_recipients_is_named():
    letter = make_report(
        "Final-Recipient: rfc822; ann@example.com\nAction: failed\n\n"
        "Final-Recipient: rfc822; bob@example.com\nAction: relayed"
    )

    assert letter.bounced_recipients == ("ann@example.com",)


EXIM = (
    "A message that you sent could not be delivered to one or more of its recipients.\r\n"
    "The following address(es) failed:\r\n\r\n  ann@example.com\r\n    550 5.1.1 unknown user\r\n\r\n"
    "------ This is a copy of the message, including all the headers. ------\r\n\r\n"
    "Message-ID: <77.abc@acme.example>\r\nSubject: Re: The printer\r\n"
)


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (DAEMON, "Mail delivery failed: returning message to sender", EXIM),
        (
            "MAILER-DAEMON@mx.example.com",
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.com.\r\n"
            "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n\r\n"
            "<ann@example.com>:\r\n192.0.2.1 does not like recipient.\r\n\r\n"
            "--- Below this line is a copy of the message.\r\n\r\nMessage-ID: <77.abc@acme.example>\r\n",
        ),
    ],
)
def test_free_text_of_a_mail_system_is_understood(sender: str, subject: str, body: str):
    letter = read(make_mail(body, **{"from": sender}, subject=subject))

    assert letter.bounce
    assert letter.bounced_recipients == ("ann@example.com",)
    assert "77.abc@acme.example" in letter.bounced_ids


def test_exims_header_names_the_recipients():
    letter = read(
        make_mail("Sorry.", **{"from": DAEMON}, subject="Warning", x_failed_recipients="ann@example.com")
    )

    assert letter.bounced_recipients == ("ann@example.com",)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Delivery problem with my order", "The parcel was returned to sender, says the post."),
        ("Undeliverable?", "My mails to you come back. What is wrong?"),
        ("Re: Mail delivery failed: returning message to sender", f"Why?\r\n\r\n{EXIM}"),
        ("FW: Undeliverable: The printer", f"See below.\r\n\r\n{EXIM}"),
        ("Mail delivery failed", "Our system says 550 5.1.1 when we write to you."),
    ],
)
def test_a_person_who_writes_about_failures_is_a_person(subject: str, body: str):
    letter = read(make_mail(body, subject=subject, in_reply_to="<9@acme.example>"))

    assert not letter.bounce
    assert not letter.auto_reply


def test_a_postmaster_may_write_like_anybody():
    letter = read(make_mail("Our delivery of printers is late.", **{"from": "Bob <postmaster@example.com>"}))

    assert not letter.bounce

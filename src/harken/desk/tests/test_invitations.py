"""Invitations and protected letters, as the page of a request shows them."""

import pytest

from harken.channels.email.tests.mails import make_mail, make_parts
from harken.channels.factories import make_channel
from harken.channels.tests.letters import arrive

pytestmark = pytest.mark.django_db

INVITATION = """Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Printer talk
DTSTART;TZID=W. Europe Standard Time:20261124T100000
DTEND;TZID=W. Europe Standard Time:20261124T113000
RRULE:FREQ=WEEKLY
LOCATION:Room 1 <script>
ORGANIZER;CN=Ann Baker:mailto:ann@example.com
ATTENDEE:mailto:help@acme.example
END:VEVENT
END:VCALENDAR
"""
SENTENCE = "This letter is encrypted"


def page_of(olga, raw: bytes) -> str:
    """The page of the request that Ann's letter opens."""
    make_channel(olga.workspace, address="help@acme.example")
    return olga.get(f"tickets/{arrive(raw).ticket.number}/").content.decode()


def test_an_invitation_says_what_when_where_and_who_and_can_be_saved(olga):
    page = page_of(olga, make_parts("\nPlease come", INVITATION))

    assert "Invitation: <bdi>Printer talk</bdi>" in page
    assert "24 November 2026, 09:00 – 10:30" in page
    assert "every week" in page
    assert "Room 1 &lt;script&gt;" in page
    assert "Ann Baker, 1 person invited" in page
    assert "Save for your calendar" in page


def test_a_calendar_file_that_cannot_be_read_is_a_file(olga):
    page = page_of(olga, make_parts("\nPlease come", "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"))

    assert "Invitation:" not in page
    assert "invitation.ics" in page


def test_an_encrypted_letter_says_so_and_offers_its_container(olga):
    sealed = make_parts(
        "Content-Type: application/pgp-encrypted\n\nVersion: 1",
        "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----",
        kind='encrypted; protocol="application/pgp-encrypted"',
    )

    page = page_of(olga, sealed)

    assert SENTENCE in page
    assert "encrypted (PGP)" in page
    assert "encrypted.asc" in page


def test_a_block_written_into_the_letter_is_sealed_too(olga):
    block = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----"

    page = page_of(olga, make_mail(block))

    assert SENTENCE in page
    assert "message.asc" in page
    assert '<div class="msg-body' not in page


def test_a_plain_letter_bears_no_mark(olga):
    page = page_of(olga, make_mail("Hello"))

    assert SENTENCE not in page
    assert "PGP" not in page

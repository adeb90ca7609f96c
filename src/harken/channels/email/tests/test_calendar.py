"""Calendar files: what an invitation says, however its program writes it."""

import time

import pytest

from harken.channels.contract import Invitation
from harken.channels.email.calendar import invitation
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts


def of_event(*lines: str, method: str = "REQUEST", before: str = "") -> Invitation | None:
    """The invitation of a file with one event of these lines."""
    head = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\n{before}BEGIN:VEVENT\r\n"
    return invitation((head + "\r\n".join(lines) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n").encode())


def when(*lines: str, before: str = "") -> tuple[str, str]:
    found = of_event(*lines, before=before)
    assert found is not None
    return found.starts_at, found.ends_at


def test_an_invitation_says_all_that_a_card_shows():
    found = of_event(
        "SUMMARY:Talk\\, about the\r\n  printer",
        "DTSTART:20261124T090000Z",
        "DTEND:20261124T100000Z",
        "LOCATION:Room 1\\nFloor 2",
        'ORGANIZER;CN="Baker: Ann":mailto:ann@example.com',
        "ATTENDEE;ROLE=REQ:mailto:a@x.example",
        "ATTENDEE:mailto:b@x.example",
        "STATUS:TENTATIVE",
        "RRULE:FREQ=WEEKLY;INTERVAL=2",
        "BEGIN:VALARM",
        "SUMMARY:Reminder",
        "END:VALARM",
    )

    assert found == Invitation(
        method="REQUEST",
        summary="Talk, about the printer",
        starts_at="2026-11-24T09:00:00+00:00",
        ends_at="2026-11-24T10:00:00+00:00",
        location="Room 1 Floor 2",
        organizer="Baker: Ann",
        attendees=2,
        status="tentative",
        repeats="weekly",
        repeats_every=2,
    )


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Berlin",
        "W. Europe Standard Time",
        '"W. Europe Standard Time"',
        "/freeassociation.sourceforge.net/Europe/Berlin",
        "/mozilla.org/20070129_1/Europe/Berlin",
    ],
)
def test_a_zone_is_found_by_any_of_its_names(zone: str):
    assert when(f"DTSTART;TZID={zone}:20261124T100000")[0] == "2026-11-24T09:00:00+00:00"


def test_an_unknown_zone_is_taken_from_the_table_of_the_file():
    table = "BEGIN:VTIMEZONE\r\nTZID:Ours\r\nBEGIN:STANDARD\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

    assert when("DTSTART;TZID=Ours:20261124T100000", before=table)[0] == "2026-11-24T04:30:00+00:00"


def test_a_time_without_a_zone_stays_without_one():
    assert when("DTSTART:20261124T100000") == ("2026-11-24T10:00:00", "")
    assert when("DTSTART;TZID=Nowhere:20261124T100000")[0] == "2026-11-24T10:00:00"


def test_whole_days_end_on_their_last_day():
    assert when("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261126") == ("2026-11-24", "2026-11-25")
    assert when("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261124") == ("2026-11-24", "2026-11-24")


def test_an_end_may_be_told_by_how_long_it_lasts():
    assert when("DTSTART:20261124T100000Z", "DURATION:PT1H30M")[1] == "2026-11-24T11:30:00+00:00"


def test_a_cancelled_one_says_so():
    found = of_event("DTSTART:20261124T100000Z", method="CANCEL")

    assert found is not None
    assert (found.method, found.status) == ("CANCEL", "cancelled")


@pytest.mark.parametrize(
    "lines",
    [
        (),
        ("SUMMARY:no start",),
        ("DTSTART:tomorrow",),
        ("DTSTART:20261345T990000Z",),
        ("DTSTART:99990101T000000-0100",),
    ],
)
def test_without_a_start_it_is_no_invitation(lines: tuple[str, ...]):
    assert of_event(*lines) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"DTSTART" + b";a=b" * 500_000 + b":20261124",
        b'X;a="' * 300_000,
        b"BEGIN:VEVENT\n" * 300_000,
        b"\r\n " * 500_000,
        b"SUMMARY:" + b"\\" * 1_000_000,
        b"DTEND:" + b" " * 1_000_000,
        b"DURATION:P" + b"1" * 1_000_000,
    ],
)
def test_a_hostile_file_is_read_in_a_moment(raw: bytes):
    begun = time.monotonic()

    invitation(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124\n" + raw)

    assert time.monotonic() - begun < 2


def test_a_letter_that_is_nothing_but_an_invitation_has_its_words():
    said = "SUMMARY:Talk\nDESCRIPTION:Bring the printer\\nand ink"
    event = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124\n{said}\nEND:VEVENT"

    letter = read(make_mail(event, content_type="text/calendar; charset=utf-8"))

    assert letter.text == "Talk\n\nBring the printer\nand ink"
    assert letter.invitation is not None
    assert [file.name for file in letter.files] == ["invitation.ics"]


def test_an_attached_calendar_file_of_an_unknown_type_is_read_by_its_name():
    event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261124\nEND:VEVENT"

    letter = read(make_parts("\nCome", f"Content-Type: application/octet-stream; name=Talk.ics\n\n{event}"))

    assert letter.text == "Come"
    assert letter.invitation == Invitation(starts_at="2026-11-24", all_day=True)

"""Automatic answers, and people who are none."""

import pytest

from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "auto-generated (vacation)"},
        {"x_autoreply": "yes"},
        {"x_autorespond": "On holiday"},
        {"precedence": "auto_reply"},
        {"x_post_messageclass": "9; Autoresponder"},
        {"return_path": "<>"},
        {"subject": "Automatic reply: The printer"},
        {"subject": "Out of Office: The printer"},
        {"subject": "Автоответ: Принтер"},
        {"subject": "自動応答: プリンター"},
        {"subject": "Abwesenheitsnotiz: Drucker"},
    ],
)
def test_an_automatic_answer_is_recognised(headers: dict[str, str]):
    assert read(make_mail(**headers)).auto_reply


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"auto_submitted": "no"},
        {"precedence": "list", "list_id": "<printers.example.com>"},
        {"precedence": "bulk", "list_id": "<printers.example.com>"},
        {"subject": "Re: Automatic reply: The printer"},
        {"subject": "Automatic reply does not work in your product"},
        {"subject": "Out of office hours, can you still help?"},
        {"x_autoreply": "no"},
        {"return_path": "<ann@example.com>"},
    ],
)
def test_a_person_is_never_taken_for_a_robot(headers: dict[str, str]):
    letter = read(make_mail(**headers))

    assert not letter.auto_reply
    assert not letter.bounce


def test_a_read_receipt_is_automatic():
    receipt = "Content-Type: message/disposition-notification\n\nDisposition: manual-action; displayed"

    letter = read(make_parts("\nIt was read.", receipt, kind="report; report-type=disposition-notification"))

    assert letter.auto_reply
    assert not letter.bounce

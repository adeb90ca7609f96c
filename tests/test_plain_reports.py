"""A report of failure in plain words, as qmail writes it: the server's answer is found in it and shown."""

from collections.abc import Iterator
from typing import Any

import pytest

from harken.channels.models import Delivery
from harken.contacts.models import Identity
from tests.robots import Desk
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(settings: Any) -> Iterator[Desk]:
    with SmtpSink() as sink:
        settings.HARKEN_RELAY = sink.relay()
        yield Desk(sink)


def test_of_a_report_in_plain_words_the_servers_answer_is_shown_and_nothing_else(desk: Desk):
    sent = desk.answers(desk.asked())
    report = (
        "From: MAILER-DAEMON@mx.crumb.example\nTo: help@fennel.example\nSubject: failure notice\n\n"
        "Hi. This is the qmail-send program at mx.crumb.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n"
        "<ann@crumb.example>:\nRemote host said: 550 5.1.1 no such user\n\n"
        f"--- Below this line is a copy of the message.\n\nMessage-ID: {sent['Message-ID']}\n"
        f"Reply-To: {sent['Reply-To']}\n"
    )

    arrival = desk.gets(report.encode())

    delivery, identity = Delivery.objects.get(message=arrival.message), Identity.objects.get()
    assert delivery.words == identity.health_words == "Remote host said: 550 5.1.1 no such user"
    assert identity.health == "dead"

import pytest

from harken.desk.tests.visits import texts
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message

pytestmark = pytest.mark.django_db

EVIDENCE = {"by": "us", "domain": "crumb.example", "why": "policy"}


def marked(visitor, state, evidence=EVIDENCE):
    ticket = make_ticket(visitor.workspace)
    Message.objects.filter(ticket=ticket).update(sender_check=state, sender_evidence=evidence)
    return visitor.look(f"tickets/{ticket.number}/")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("verified", "sender verified"),
        ("unverified", "sender not verified"),
        ("failed", "sender check failed"),
    ],
)
def test_the_mark_beside_a_sender_says_in_words_what_is_known(state, words, olga):
    assert texts(marked(olga, state), ".sender summary") == [words]


def test_the_mark_tells_why_when_it_is_opened(olga):
    page = marked(olga, "failed")

    assert texts(page, ".sender-why li")[-1].startswith("crumb.example wants letters")


def test_where_nobody_looked_there_is_no_mark(olga):
    assert texts(marked(olga, "", {}), ".sender") == []

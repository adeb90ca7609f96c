import pytest
from django.test import Client

from harken.tickets.factories import make_ticket
from harken.tickets.models import Message

pytestmark = pytest.mark.django_db

PAGES = [
    "tickets/{number}/",
    "tickets/{number}/messages/",
    "inbox/rows/",
    "messages/{message}/body",
    "people/{person}/",
]
VERBS = ["tickets/{number}/messages/", "tickets/{number}/closure", "messages/{message}/deliveries/"]


@pytest.fixture
def things(olga):
    ticket = make_ticket(olga.workspace)
    return {"number": ticket.number, "message": ticket.messages.get().pk, "person": ticket.requester_id}


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing_behind_their_own_door(olga, mallory, things, page):
    if page.startswith("inbox"):
        assert "row-who" not in mallory.get(page.format(**things)).content.decode()
    else:
        assert mallory.get(page.format(**things)).status_code == 404


@pytest.mark.parametrize("page", ["inbox/", *PAGES])
def test_a_strangers_door_into_this_workspace_is_not_there(olga, mallory, things, page):
    assert mallory.client.get(olga.path(page.format(**things))).status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_changes_nothing(olga, mallory, things, verb):
    typed = {"kind": "note", "text": "Hello", "seen_up_to": "9"}

    assert mallory.post(verb.format(**things), typed).status_code == 404
    assert Message.objects.visible_to(olga.agent).count() in (0, 1)


@pytest.mark.parametrize("page", ["", "inbox/", *PAGES])
def test_somebody_not_signed_in_is_asked_who_they_are(olga, things, page):
    response = Client().get(olga.path(page.format(**things)))

    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("page", ["tickets/9999999999999999/", f"tickets/{'9' * 40}/", "people/999999999/"])
def test_what_is_not_there_is_not_found(olga, page):
    assert olga.get(page).status_code == 404

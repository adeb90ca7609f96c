"""Mail that comes to us by SMTP: a sender who heard no answer sends again, and nothing is doubled by it."""

import pytest

from harken.channels.arriving import intake, listening
from harken.channels.arriving.receive import settle
from harken.channels.email.listener import NotNow
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import letter
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

# The listener looks after its own connections, which a test's transaction would not survive.
pytestmark = pytest.mark.django_db(transaction=True)

FENNEL, ACME = "help@fennel.example", "help@acme.example"


@pytest.fixture
def workspaces():
    """Two workspaces with a mailbox each, by its address; nothing is entered."""
    channels = {address: make_channel(make_workspace(), address=address) for address in (FENNEL, ACME)}
    wall.leave()
    return {address: channel.workspace for address, channel in channels.items()}


def settled(workspace):
    """How each letter of a workspace ended, in the order they came."""
    with wall.inside(workspace.pk):
        return [settle(arrival).state for arrival in Arrival.objects.order_by("id")]


def test_known_are_our_mailboxes_and_their_signed_forms_alone(workspaces):
    assert listening.knows(FENNEL)
    assert listening.knows("Help+token@Fennel.example")
    assert not listening.knows("sales@fennel.example")


def test_a_mailbox_that_is_not_used_lets_letters_wait(workspaces):
    with wall.inside(workspaces[FENNEL].pk):
        workspaces[FENNEL].channel_set.update(is_active=False)

    with pytest.raises(NotNow):
        listening.knows(FENNEL)


def test_a_letter_that_is_sent_again_after_a_lost_answer_is_a_duplicate(workspaces):
    raw = letter(to=FENNEL)

    for _ in range(2):
        listening.take(raw, "ann@crumb.example", [FENNEL])

    assert settled(workspaces[FENNEL]) == ["opened", "duplicate"]


def test_a_letter_to_two_workspaces_of_which_one_failed_doubles_nothing(workspaces, monkeypatch):
    raw, store = letter(to=f"{FENNEL}, {ACME}"), intake.store

    def fail_for_acme(raw, *, to, **more):
        if ACME in to:
            raise OSError("disk full")
        return store(raw, to=to, **more)

    with monkeypatch.context() as trouble:
        trouble.setattr(intake, "store", fail_for_acme)
        with pytest.raises(OSError, match="disk full"):
            listening.take(raw, "ann@crumb.example", [FENNEL, ACME])
    listening.take(raw, "ann@crumb.example", [FENNEL, ACME])

    assert settled(workspaces[FENNEL]) == ["opened", "duplicate"]
    assert settled(workspaces[ACME]) == ["opened"]

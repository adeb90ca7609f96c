import inspect

import pytest

from harken.channels.arriving.receive import settle
from harken.channels.arriving.unowned import give_out
from harken.channels.factories import make_channel
from harken.channels.mailboxes.connect import connect
from harken.channels.models import Arrival, Mailbox
from harken.channels.tests.letters import arrive, letter
from harken.channels.vitals import mailbox_warnings
from harken.files import storage
from harken.tickets.models import Message
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def give_out_now() -> None:
    with wall.inside(None):
        inspect.unwrap(give_out.func)(None)


def settled(workspace: Workspace) -> list[Arrival]:
    """Settle what came into a workspace, as the worker does; its rows of the ledger."""
    with wall.inside(workspace.pk):
        return [settle(arrival) for arrival in Arrival.objects.filter(workspace=workspace)]


def states_outside() -> list[str]:
    with wall.inside(None):
        return list(Arrival.objects.filter(workspace=None).values_list("state", flat=True))


def test_a_letter_from_before_the_first_workspace_is_taken_in_by_it():
    arrive(letter("Is anybody there?"))
    workspace = make_workspace()

    give_out_now()
    give_out_now()

    [arrival] = settled(workspace)
    assert arrival.state == "opened"
    assert "Is anybody there?" in Message.objects.get().text
    assert states_outside() == ["duplicate"]


def test_a_letter_nobody_owned_goes_to_the_workspace_that_gets_its_address():
    fennel, fern = make_workspace(), make_workspace()
    wall.leave()
    with wall.inside(None):
        arrive(letter(to="whoever@elsewhere.example"), to=["help@fern.example"])
    with wall.inside(fern.pk):
        make_channel(fern, "help@fern.example")

    give_out_now()

    assert [arrival.state for arrival in settled(fern)] == ["opened"]
    assert not settled(fennel)


def test_a_letter_nobody_owned_keeps_who_handed_it_over():
    arrive(letter(), client_ip="192.0.2.7", envelope_from="ann@crumb.example")
    workspace = make_workspace()

    give_out_now()

    [arrival] = settled(workspace)
    assert (arrival.client_ip, arrival.envelope_from) == ("192.0.2.7", "ann@crumb.example")


def test_a_letter_still_nobodys_is_kept_and_told_of():
    make_workspace()
    make_workspace()
    wall.leave()
    arrive(letter())

    give_out_now()

    assert states_outside() == ["held"]
    [sentence] = mailbox_warnings()
    assert sentence.startswith("Letters to addresses that no workspace has: 1.")


def test_a_letter_the_disk_lost_does_not_stand_in_the_way_of_the_next():
    lost = arrive(letter("Lost"))
    arrive(letter("Kept"))
    storage.remove_packed(None, lost.raw.sha256)
    workspace = make_workspace()

    give_out_now()

    assert len(settled(workspace)) == 1
    assert sorted(states_outside()) == ["duplicate", "held"]


@pytest.mark.parametrize("waiting", [0, 2])
def test_a_new_mailbox_asks_for_the_letters_that_wait_if_any(monkeypatch: pytest.MonkeyPatch, waiting: int):
    asked: list[dict] = []
    for number in range(waiting):
        arrive(letter(f"Letter {number}"))
    monkeypatch.setattr(type(give_out), "defer", lambda _task, **arguments: asked.append(arguments))

    connect(Mailbox(workspace=make_workspace()), "help@fennel.example")

    assert ({"workspace_id": None} in asked) == (waiting > 0)

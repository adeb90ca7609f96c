import pytest

from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import arrive, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    return make_channel(address="help@fennel.example").workspace


def test_a_rule_of_a_later_version_breaks_no_page_after_a_step_back(workspace):
    arrival = arrive(letter())
    arrival.rule = "of-tomorrow"

    assert arrival.reason == ""


def test_every_row_of_the_ledger_is_in_exactly_one_state(workspace):
    raw = letter()
    for each in (raw, raw, letter(), b"", b"\x00\xff"):
        arrive(each)

    states = list(Arrival.objects.values_list("state", flat=True))
    assert len(states) == 5
    assert "received" not in states

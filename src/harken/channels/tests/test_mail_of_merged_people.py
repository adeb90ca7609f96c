import pytest

from harken.agents.factories import make_agent
from harken.channels.proof.threading import allowed_as
from harken.contacts.merging import merge, take_back
from harken.contacts.recognise import recognise
from harken.tickets.factories import make_ticket

pytestmark = pytest.mark.django_db

HOME, WORK = "ann@gmail.com", "ann@crumb.example"


def test_mail_of_either_address_lands_rightly_before_and_after():
    olga = make_agent()
    home, work = make_ticket(olga.workspace, HOME), make_ticket(olga.workspace, WORK)

    made = merge(home.requester, into=work.requester, by=olga)
    assert recognise(olga.workspace, HOME).contact == recognise(olga.workspace, WORK).contact
    assert allowed_as(home, WORK)
    assert allowed_as(work, HOME)

    take_back(made, by=olga)
    assert recognise(olga.workspace, HOME).contact_id == made.contact_id
    assert allowed_as(home, HOME)
    assert not allowed_as(work, HOME)

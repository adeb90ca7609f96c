import pytest
from django.test import Client

from harken.agents.factories import make_agent
from harken.channels.models import Mailbox
from harken.channels.tests.test_pages import form
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

PAGE = "/fennel/settings/channels/new/"


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace(slug="fennel")


@pytest.fixture
def owner(workspace: Workspace) -> Client:
    client = Client()
    client.force_login(make_agent(workspace, role="owner").user)
    return client


def test_acknowledgements_are_off_until_they_are_switched_on(owner: Client, workspace: Workspace):
    owner.post(PAGE, form())

    with wall.inside(workspace.pk):
        assert not Mailbox.objects.get().acknowledges


def test_a_mailbox_acknowledges_in_its_own_words(owner: Client, workspace: Workspace):
    owner.post(PAGE, form(acknowledges="on", acknowledgement="We have {number}. {company}"))

    with wall.inside(workspace.pk):
        mailbox = Mailbox.objects.get()
    assert (mailbox.acknowledges, mailbox.acknowledgement) == (True, "We have {number}. {company}")


def test_what_cannot_be_filled_in_is_named_and_nothing_is_lost(owner: Client):
    answer = owner.post(PAGE, form(acknowledges="on", acknowledgement="Dear {name}, we have {number}."))

    assert answer.status_code == 422
    assert "{name} cannot be filled in, only {number} and {company}." in answer.text
    assert "Dear {name}, we have {number}." in answer.text

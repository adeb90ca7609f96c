"""An owner takes away that an account of the provider is a colleague's."""

import pytest
from django.test import Client

from harken.agents.factories import make_agent
from harken.agents.models import Agent, ProviderAccount
from harken.agents.models.session import Session
from harken.agents.tests.by_provider import is_in, sign_in
from harken.events.models import Event
from harken.workspaces import wall
from tests.servers.oidc import Issuer

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa(olga: Agent) -> tuple[Agent, Client]:
    """An owner, in by a link."""
    with wall.inside(olga.workspace_id):
        owner = make_agent(olga.workspace, email="rosa@fennel.example", role="owner")
    client = Client()
    client.force_login(owner.user)
    return owner, client


def press(client: Client, agent: Agent) -> int:
    return client.post(f"/fennel/settings/colleagues/{agent.pk}/unlinking/").status_code


def test_the_account_that_comes_next_is_theirs(client: Client, issuer: Issuer, olga: Agent, rosa):
    owner, desk = rosa
    sign_in(client, issuer)
    own = Client()
    own.force_login(olga.user)
    assert "Unlink Olga" in desk.get("/fennel/settings/colleagues/").content.decode()

    assert press(desk, olga) == 302

    assert client.get("/fennel/settings/you/").status_code == 302, "out at once"
    assert own.get("/fennel/settings/you/").status_code == 200, "what they opened themselves stays open"
    assert "Unlink Olga" not in desk.get("/fennel/settings/colleagues/").content.decode()
    issuer.person["sub"] = "olga-2"
    again = Client()
    sign_in(again, issuer)
    assert is_in(again)
    with wall.inside(olga.workspace_id):
        assert ProviderAccount.objects.get().subject == "olga-2"
        assert Event.objects.get(type="agent.unlinked").agent_id == owner.pk


def test_twice_is_harmless_and_only_owners_may(client: Client, issuer: Issuer, olga: Agent, rosa):
    _owner, desk = rosa
    sign_in(client, issuer)
    with wall.inside(olga.workspace_id):
        dan = make_agent(olga.workspace, email="dan@fennel.example")
    plain = Client()
    plain.force_login(dan.user)
    # Whoever sees no button may not press it either.
    assert "Unlink" not in plain.get("/fennel/settings/colleagues/").content.decode()
    assert press(plain, olga) == 403

    assert [press(desk, olga), press(desk, olga)] == [302, 302]
    assert not Session.objects.filter(session_key=client.session.session_key).exists()


def test_an_owner_elsewhere_unlinks_nobody_here(client: Client, issuer: Issuer, olga: Agent):
    sign_in(client, issuer)
    mallory = make_agent(role="owner")
    stranger = Client()
    stranger.force_login(mallory.user)

    answer = stranger.post(f"/{mallory.workspace.slug}/settings/colleagues/{olga.pk}/unlinking/")

    assert answer.status_code == 404
    with wall.inside(olga.workspace_id):
        assert ProviderAccount.objects.count() == 1

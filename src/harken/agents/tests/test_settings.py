import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from harken.agents import links
from harken.agents.errors import LastOwner
from harken.agents.factories import make_agent
from harken.agents.models import Agent, OneTimeLink
from harken.agents.tests.conftest import Post
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

INVITED = {"email": "ann@fennel.example", "role": "agent"}


@pytest.fixture
def owner(client: Client) -> Agent:
    agent = make_agent(email="olga@fennel.example", role="owner")
    client.force_login(agent.user)
    return agent


def _colleagues(agent: Agent) -> str:
    return f"{agent.workspace.path}settings/colleagues/"


def test_the_list_names_everybody_here_and_nobody_else(client: Client, owner: Agent):
    make_agent(owner.workspace, "ann@fennel.example")
    make_agent(email="mallory@thistle.example")

    page = client.get(_colleagues(owner)).content

    assert b"ann@fennel.example" in page
    assert b"mallory" not in page


def test_the_list_costs_the_same_for_many(client: Client, owner: Agent):
    client.get(_colleagues(owner))
    few = _queries(client, owner)

    for _ in range(20):
        make_agent(owner.workspace)

    assert _queries(client, owner) == few


def _queries(client: Client, owner: Agent) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(_colleagues(owner))
    return len(captured)


def test_an_invitation_shows_its_link_this_once(client: Client, owner: Agent, post: Post):
    shown = client.post(_colleagues(owner), INVITED).content.decode()

    assert "https://desk.fennel.example/accounts/invitation/" in shown
    assert "/accounts/invitation/" not in client.get(_colleagues(owner)).content.decode()
    assert "ann@fennel.example" in client.get(_colleagues(owner)).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"email": "ann"}, {"email": ""}, {"role": "king"}, {"email": "a\x00@b.example"}]
)
def test_a_wrong_invitation_is_said_so(client: Client, owner: Agent, wrong: dict[str, str]):
    assert client.post(_colleagues(owner), INVITED | wrong).status_code == 422
    assert not OneTimeLink.objects.exists()


def test_somebody_who_is_here_is_not_invited_again(client: Client, owner: Agent):
    response = client.post(_colleagues(owner), INVITED | {"email": "Olga@fennel.example"})

    assert response.status_code == 422
    assert not OneTimeLink.objects.exists()


def test_an_invitation_can_be_taken_back(client: Client, owner: Agent):
    links.invitation_link(owner.workspace, "ann@fennel.example")
    invitation = OneTimeLink.objects.get()

    client.post(f"{owner.workspace.path}settings/invitations/{invitation.pk}/withdrawal/")

    assert not OneTimeLink.objects.exists()


def test_another_workspaces_invitation_is_not_there(client: Client, owner: Agent):
    other = make_agent()
    links.invitation_link(other.workspace, "ann@fennel.example")
    invitation = OneTimeLink.objects.get()

    response = client.post(f"{owner.workspace.path}settings/invitations/{invitation.pk}/withdrawal/")

    assert response.status_code == 404
    assert OneTimeLink.objects.exists()


def test_a_colleague_can_be_shut_out(client: Client, owner: Agent):
    agent = make_agent(owner.workspace)

    client.post(f"{_colleagues(owner)}{agent.pk}/departure/")

    with wall.inside(owner.workspace_id):
        agent.refresh_from_db()
    assert not agent.is_active


def test_another_workspaces_colleague_is_not_there(client: Client, owner: Agent):
    agent = make_agent()

    assert client.post(f"{_colleagues(owner)}{agent.pk}/departure/").status_code == 404
    assert client.post(f"{_colleagues(owner)}{10**30}/departure/").status_code == 404


def test_a_colleague_can_be_made_an_owner(client: Client, owner: Agent):
    agent = make_agent(owner.workspace)

    client.post(f"{_colleagues(owner)}{agent.pk}/ownership/")

    with wall.inside(owner.workspace_id):
        agent.refresh_from_db()
    assert agent.is_owner


def test_the_last_owner_stays(client: Client, owner: Agent):
    response = client.post(f"{_colleagues(owner)}{owner.pk}/departure/")

    assert response.status_code == 422
    assert b"only owner" in response.content
    with wall.inside(owner.workspace_id), pytest.raises(LastOwner):
        owner.deactivate(by=owner)


def test_one_of_two_owners_may_go():
    owner = make_agent(role="owner")
    other = make_agent(owner.workspace, role="owner")

    other.deactivate(by=other)

    assert not other.is_active


def test_who_owns_nothing_sees_the_list_and_changes_nothing(client: Client):
    owner = make_agent(role="owner")
    agent = make_agent(owner.workspace)
    links.invitation_link(owner.workspace, "ben@fennel.example")
    invitation = OneTimeLink.objects.get()
    client.force_login(agent.user)

    assert client.get(_colleagues(agent)).status_code == 200
    assert client.post(_colleagues(agent), INVITED).status_code == 403
    assert client.post(f"{_colleagues(agent)}{owner.pk}/departure/").status_code == 403
    assert client.post(f"{_colleagues(agent)}{agent.pk}/ownership/").status_code == 403
    withdrawal = f"{agent.workspace.path}settings/invitations/{invitation.pk}/withdrawal/"
    assert client.post(withdrawal).status_code == 403


def test_one_says_of_oneself_what_one_likes(client: Client, owner: Agent):
    page = f"{owner.workspace.path}settings/you/"

    client.post(page, {"name": "Олга", "signature": "Olga\nFennel", "language": "ja", "theme": "dark"})

    with wall.inside(owner.workspace_id):
        agent = Agent.objects.get()
    assert (agent.name, agent.signature) == ("Олга", "Olga\nFennel")
    assert (agent.user.language, agent.user.theme) == ("ja", "dark")
    assert b'lang="ja"' in client.get(page).content


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "\u200e\u200f"}, {"language": "xx"}, {"theme": "pink"}]
)
def test_what_cannot_be_is_said_so(client: Client, owner: Agent, wrong: dict[str, str]):
    answers = {"name": "Olga", "signature": "", "language": "en", "theme": "system"}

    assert client.post(f"{owner.workspace.path}settings/you/", answers | wrong).status_code == 422

import re

import pytest
from django.test import Client

from harken.agents.factories import make_agent
from harken.agents.models import Agent, Token
from harken.agents.tokens import authenticate
from harken.events.models import Event
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client: Client) -> Agent:
    agent = make_agent(email="olga@fennel.example")
    client.force_login(agent.user)
    return agent


def page_of(agent: Agent) -> str:
    return f"{agent.workspace.path}settings/tokens/"


def test_a_token_is_shown_once_and_opens_the_api(client: Client, olga: Agent):
    shown = client.post(page_of(olga), {"name": "Order system"}).content.decode()

    (text,) = set(re.findall(r"hk_[\w-]+", shown))
    assert authenticate(text) == olga
    wall.leave()
    later = client.get(page_of(olga)).content.decode()
    assert "hk_" not in later
    assert "Order system" in later
    with wall.inside(olga.workspace_id):
        assert Event.objects.filter(type="token.issued", data={"name": "Order system"}).exists()


def test_a_token_taken_back_opens_nothing_any_more(client: Client, olga: Agent):
    token, text = Token.objects.issue(olga, "script")

    for status in (302, 404):
        assert client.post(f"{page_of(olga)}{token.pk}/revocation/").status_code == status

    assert authenticate(text) is None
    with wall.inside(olga.workspace_id):
        assert Event.objects.filter(type="token.revoked").count() == 1


def test_a_colleague_sees_only_their_own(client: Client, olga: Agent):
    theirs, _text = Token.objects.issue(make_agent(olga.workspace), "secret of Ann")

    assert "secret of Ann" not in client.get(page_of(olga)).content.decode()
    assert client.post(f"{page_of(olga)}{theirs.pk}/revocation/").status_code == 404
    with wall.inside(olga.workspace_id):
        assert Token.objects.filter(pk=theirs.pk).exists()


def test_an_owner_sees_all_and_takes_any_back(client: Client):
    owner = make_agent(role="owner")
    theirs, _text = Token.objects.issue(make_agent(owner.workspace), "of Ann")
    client.force_login(owner.user)

    assert "of Ann" in client.get(page_of(owner)).content.decode()
    assert client.post(f"{page_of(owner)}{theirs.pk}/revocation/").status_code == 302


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "\u200e\u200f"])
def test_a_token_without_a_proper_name_is_not_made(client: Client, olga: Agent, name: str):
    assert client.post(page_of(olga), {"name": name}).status_code == 422
    with wall.inside(olga.workspace_id):
        assert not Token.objects.exists()


def test_there_is_an_end_to_tokens(client: Client, olga: Agent):
    for number in range(50):
        Token.objects.issue(olga, f"script {number}")

    refused = client.post(page_of(olga), {"name": "one more"})

    assert refused.status_code == 422
    assert "50 tokens already" in refused.content.decode()

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from harken.agents.admission import admit
from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent, Token
from harken.agents.tokens import authenticate
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


def _page(agent: Agent) -> str:
    return f"{agent.workspace.path}settings/you/"


def _key(client: Client) -> str:
    return client.session.session_key or ""


def test_a_member_comes_in(client: Client):
    agent = make_agent()
    client.force_login(agent.user)

    assert client.get(_page(agent)).status_code == 200
    assert wall.current() is None


def test_a_stranger_is_sent_to_sign_in_and_back(client: Client):
    agent = make_agent()

    response = client.get(_page(agent) + "?a=1")

    assert (
        response.headers["Location"]
        == f"/accounts/login/?next=%2F{agent.workspace.slug}%2Fsettings%2Fyou%2F%3Fa%3D1"
    )


def test_a_stranger_learns_not_even_whether_a_workspace_exists(client: Client):
    make_workspace(slug="fennel")

    there, not_there = client.get("/fennel/settings/you/"), client.get("/thistle/settings/you/")

    assert (there.status_code, there.headers["Location"]) == (
        302,
        not_there.headers["Location"].replace("thistle", "fennel"),
    )


def test_a_stranger_who_posts_is_not_sent_back_to_a_form(client: Client):
    agent = make_agent()

    assert client.post(_page(agent)).headers["Location"] == "/accounts/login/"


def test_a_fragment_sends_the_whole_page_to_sign_in(client: Client):
    agent = make_agent()

    response = client.get(_page(agent), headers={"hx-request": "true"})

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/accounts/login/"


def test_a_fragment_leads_back_to_the_page_around_it(client: Client):
    page = "https://elsewhere.example/fennel/inbox/?view=mine#top"

    response = client.get(_page(make_agent()), headers={"hx-request": "true", "hx-current-url": page})

    assert response.headers["HX-Redirect"] == "/accounts/login/?next=%2Ffennel%2Finbox%2F%3Fview%3Dmine"


def test_what_a_page_was_about_to_save_stays_with_it(client: Client):
    response = client.post(_page(make_agent()), headers={"hx-request": "true"})

    assert response.status_code == 401
    assert "HX-Redirect" not in response.headers


def test_another_workspace_and_no_workspace_look_the_same(client: Client):
    mine, other = make_agent(), make_agent()
    client.force_login(mine.user)

    foreign, nothing = client.get(_page(other)), client.get("/nowhere/settings/you/")

    assert foreign.status_code == nothing.status_code == 404
    assert foreign.content == nothing.content
    assert wall.current() is None


def test_a_colleague_shut_out_is_out_with_the_next_click(client: Client):
    owner = make_agent(role="owner")
    agent = make_agent(owner.workspace)
    client.force_login(agent.user)
    assert client.get(_page(agent)).status_code == 200

    with wall.inside(owner.workspace_id):
        agent.deactivate(by=owner)

    assert client.get(_page(agent)).status_code == 404


def test_pages_speak_the_readers_language(client: Client):
    agent = make_agent()
    agent.user.language = "ar"
    agent.user.save()
    client.force_login(agent.user)

    page = client.get(_page(agent)).content

    assert b'<html lang="ar" dir="rtl"' in page
    assert translation.get_language() == "en"


def test_the_first_page_is_the_only_workspace(client: Client):
    agent = make_agent()
    client.force_login(agent.user)

    assert client.get("/").headers["Location"] == agent.workspace.path


def test_the_first_page_of_several_is_the_last_one_and_before_that_a_choice(client: Client):
    first = make_agent()
    second = make_agent(user=first.user)
    client.force_login(first.user)
    assert client.get("/").headers["Location"] == "/accounts/workspaces/"
    choice = client.get("/accounts/workspaces/").content.decode()
    assert first.workspace.path in choice
    assert second.workspace.path in choice

    client.get(_page(second))

    assert client.get("/").headers["Location"] == second.workspace.path


def test_the_first_page_of_a_stranger_is_the_sign_in_page(client: Client):
    assert client.get("/").headers["Location"] == "/accounts/login/?next=%2F"


def test_somebody_in_no_workspace_is_told_what_to_do(client: Client):
    client.force_login(make_user("ann@fennel.example"))

    assert b"ann@fennel.example" in client.get("/", follow=True).content


def test_a_stream_is_admitted_to_the_workspaces_of_its_session(client: Client):
    agent = make_agent()
    other = make_agent(user=agent.user)
    make_agent()
    client.force_login(agent.user)

    admission = admit(_key(client))

    assert admission is not None
    assert admission.user_id == agent.user_id
    assert admission.workspace_ids == (agent.workspace_id, other.workspace_id)


@pytest.mark.parametrize("key", ["", "x", "x" * 32, "\x00"])
def test_a_stream_without_a_session_is_not_admitted(key: str):
    assert admit(key) is None


def test_a_stream_closes_when_a_membership_or_the_password_changes(client: Client):
    owner = make_agent(role="owner")
    agent = make_agent(owner.workspace)
    client.force_login(agent.user)
    key = _key(client)
    before = admit(key)

    with wall.inside(owner.workspace_id):
        agent.deactivate(by=owner)
    after = admit(key)
    agent.user.change_password("nine lives of a cat")

    assert before != after
    assert admit(key) is None


def test_a_token_speaks_for_its_agent_inside_the_wall():
    agent = make_agent()
    _token, text = Token.objects.issue(agent, "script")
    wall.leave()

    assert authenticate(text) == agent
    assert wall.current() == agent.workspace_id


def test_a_token_is_kept_as_a_digest():
    _token, text = Token.objects.issue(make_agent(), "script")

    assert text.rpartition("_")[2] not in str(Token.objects.values_list().get())


def test_a_token_notes_its_use_once_a_minute():
    token, text = Token.objects.issue(make_agent(), "script")
    authenticate(text)
    token.refresh_from_db()
    first = token.last_used_at

    authenticate(text)

    token.refresh_from_db()
    assert first is not None
    assert timezone.now() - first < timedelta(minutes=1)
    assert token.last_used_at == first


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hk_",
        "hk_1_",
        "hk_1_" + "x" * 43,
        "hk_0_" + "x" * 43,
        "hk_99999999999999999999_" + "x" * 43,
        "\x00",
    ],
)
def test_what_is_no_token_opens_nothing(text: str):
    assert authenticate(text) is None
    assert wall.current() is None


def test_a_token_does_not_work_in_another_workspace():
    agent, other = make_agent(), make_agent()
    _token, text = Token.objects.issue(other, "script")
    moved = text.replace(f"hk_{other.workspace_id}_", f"hk_{agent.workspace_id}_")

    assert authenticate(moved) is None


def test_the_token_of_a_colleague_shut_out_opens_nothing():
    owner = make_agent(role="owner")
    agent = make_agent(owner.workspace)
    _token, text = Token.objects.issue(agent, "script")

    agent.deactivate(by=owner)

    assert authenticate(text) is None

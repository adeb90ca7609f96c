import pytest
from django.core import mail
from django.test import Client

from harken.agents import links
from harken.agents.errors import LinkUnknown
from harken.agents.factories import make_agent, make_user
from harken.agents.joining import accept_as, accept_as_newcomer, add_colleague
from harken.agents.models import Agent, User, memberships
from harken.agents.tests.conftest import Post, path_of
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

NEWCOMER = {"name": "Ann Archer", "password": ""}


def _shown(workspace: Workspace, email: str = "ann@fennel.example", role: str = "agent") -> str:
    return path_of(links.invitation_link(workspace, email, role=role))


def _mailed(workspace: Workspace, email: str = "ann@fennel.example") -> str:
    links.invitation_link(workspace, email)
    return path_of(links.mailed_invitation_link(workspace.pk, email) or "")


def test_a_newcomer_gives_a_name_and_is_in(client: Client):
    workspace = make_workspace()

    response = client.post(_shown(workspace), NEWCOMER)

    (agent,) = memberships(User.objects.get())
    assert (agent.name, agent.email, agent.role) == ("Ann Archer", "ann@fennel.example", "agent")
    assert response.headers["Location"] == workspace.path
    assert client.get(f"{workspace.path}settings/you/").status_code == 200


def test_an_invitation_works_once(client: Client):
    door = _shown(make_workspace())
    client.post(door, NEWCOMER)

    again = Client().post(door, NEWCOMER | {"name": "Mallory"})

    assert again.status_code == 410
    assert User.objects.count() == 1


def test_an_invitation_taken_back_is_not_known(client: Client):
    workspace = make_workspace()
    door = _shown(workspace)

    links.withdraw_invitation(workspace.pk, "ann@fennel.example")

    assert client.post(door, NEWCOMER).status_code == 404


def test_a_password_given_is_held_to_the_rules(client: Client):
    door = _shown(make_workspace())

    for password in ("short", "password123", "ann@fennel.example"):
        assert client.post(door, NEWCOMER | {"password": password}).status_code == 422
    assert client.post(door, NEWCOMER | {"password": "nine lives of a cat"}).status_code == 302
    assert User.objects.get().check_password("nine lives of a cat")


def test_only_the_mailed_invitation_proves_the_address(client: Client):
    client.post(_shown(make_workspace(), "ann@fennel.example"), NEWCOMER)
    client.post(_mailed(make_workspace(), "ben@fennel.example"), NEWCOMER)

    assert User.objects.get(email="ann@fennel.example").proven_at is None
    assert User.objects.get(email="ben@fennel.example").proven_at is not None


@pytest.mark.parametrize("door", [_shown, _mailed])
def test_an_invitation_does_not_open_somebodys_account(client: Client, door):
    ann = make_user("ann@fennel.example")
    way_in = door(make_workspace())

    page = client.post(way_in, NEWCOMER | {"password": "nine lives of a cat"})

    assert b"has an account" in page.content
    assert "_auth_user_id" not in client.session
    assert memberships(ann) == []


def test_a_known_user_signs_in_and_joins(client: Client):
    ann, workspace = make_user("ann@fennel.example"), make_workspace()
    door = _shown(workspace)
    client.force_login(ann)

    assert client.get(door).status_code == 200
    assert client.post(door).headers["Location"] == workspace.path

    assert [agent.workspace for agent in memberships(ann)] == [workspace]


def test_somebody_else_signed_in_cannot_take_the_invitation(client: Client):
    make_user("ann@fennel.example")
    mallory = make_user("mallory@thistle.example")
    door = _shown(make_workspace())
    client.force_login(mallory)

    client.post(door)

    assert memberships(mallory) == []


def test_an_account_made_while_the_form_was_open_is_not_opened_by_it():
    secret = _shown(make_workspace()).split("/")[-2]
    make_user("ann@fennel.example")

    with pytest.raises(LinkUnknown):
        accept_as_newcomer(secret, name="Mallory", password="", language="en")
    assert links.find(secret, "invitation")


def test_an_invitation_is_nobody_elses():
    secret = _shown(make_workspace()).split("/")[-2]

    with pytest.raises(LinkUnknown):
        accept_as(make_user("mallory@thistle.example"), secret)


def test_two_workspaces_keep_their_roles_apart(client: Client):
    agent = make_agent(email="ann@fennel.example", role="agent")
    client.force_login(agent.user)

    client.post(_shown(make_workspace(), role="owner"))

    assert sorted(joined.role for joined in memberships(agent.user)) == ["agent", "owner"]


def test_an_invitation_to_a_workspace_that_is_gone_is_not_known(client: Client):
    workspace = make_workspace()
    door = _shown(workspace)
    workspace.delete()

    assert client.get(door).status_code == 404
    assert client.post(door, NEWCOMER).status_code == 404
    assert not User.objects.exists()


def test_the_letter_goes_to_the_invited_with_a_link_of_its_own(client: Client, post: Post):
    owner = make_agent(role="owner")
    client.force_login(owner.user)

    page = client.post(
        f"{owner.workspace.path}settings/colleagues/", {"email": "Ann@Fennel.example", "role": "agent"}
    )
    (mailed,) = post()

    assert mail.outbox[0].to == ["ann@fennel.example"]
    assert mailed.encode() not in page.content
    assert Client().post(mailed, NEWCOMER).headers["Location"] == owner.workspace.path


def test_somebody_who_left_comes_back_in_the_new_role():
    owner = make_agent(role="owner")
    ann = make_agent(owner.workspace, "ann@fennel.example", role="owner")
    ann.deactivate(by=owner)

    add_colleague(owner.workspace, "ann@fennel.example")

    (agent,) = memberships(ann.user)
    assert (agent.pk, agent.role) == (ann.pk, Agent.Role.AGENT)


def test_a_colleague_added_by_hand_is_not_joined_by_whoever_held_the_account(client: Client):
    user = make_user("ann@fennel.example", password="set by mallory", proven_at=None)
    client.force_login(user)

    add_colleague(make_workspace(), "ann@fennel.example")

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert client.get("/accounts/workspaces/").status_code == 302

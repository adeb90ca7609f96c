import pytest
from django.test import Client

from harken.agents import links
from harken.agents.models import Agent, User
from harken.agents.opening import free_slug
from harken.agents.tests.conftest import path_of
from harken.events.models import Event
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

ANSWERS = {
    "name": "Fennel",
    "email": "Maya@Fennel.example",
    "customers_write_to": "help@fennel.example",
    "time_zone": "Europe/Stockholm",
}


def _door() -> str:
    return path_of(links.owner_link() or "")


def test_three_answers_open_the_room(client: Client):
    response = client.post(_door(), ANSWERS)

    workspace = Workspace.objects.get()
    assert (response.status_code, response.headers["Location"]) == (302, "/fennel/")
    assert (workspace.slug, workspace.name, workspace.time_zone) == ("fennel", "Fennel", "Europe/Stockholm")
    assert client.get("/fennel/settings/you/").status_code == 200


def test_who_opens_the_room_is_its_owner(client: Client):
    client.post(_door(), ANSWERS)

    with wall.inside(Workspace.objects.get().pk):
        owner = Agent.objects.get()
    assert (owner.email, owner.role, owner.user.has_usable_password()) == (
        "maya@fennel.example",
        "owner",
        False,
    )


def test_the_rooms_above_are_told_where_customers_write(client: Client):
    client.post(_door(), ANSWERS)

    with wall.inside(Workspace.objects.get().pk):
        event = Event.objects.get(type="workspace.opened")
    assert event.data == {"customers_write_to": "help@fennel.example", "with_sample": True}


def test_looking_at_the_page_leaves_the_link_good(client: Client):
    door = _door()

    assert client.get(door).status_code == 200

    assert client.post(door, ANSWERS).status_code == 302


def test_the_owner_link_opens_one_room_only(client: Client):
    door = _door()
    client.post(door, ANSWERS)

    again = Client().post(door, ANSWERS | {"name": "Mallory's"})

    assert again.status_code == 410
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "\u200e\u200f"},
        {"name": "x" * 201},
        {"email": "maya"},
        {"email": ""},
        {"customers_write_to": "help"},
    ],
)
def test_wrong_answers_are_said_so_and_the_link_stays_good(client: Client, wrong: dict[str, str]):
    door = _door()

    response = client.post(door, ANSWERS | wrong)

    assert response.status_code == 422
    assert b'aria-invalid="true"' in response.content
    assert not User.objects.exists()
    assert client.post(door, ANSWERS).status_code == 302


def test_an_unknown_zone_and_no_mailbox_are_no_obstacle(client: Client):
    client.post(_door(), {"name": "Fennel", "email": "maya@fennel.example", "time_zone": "Mars/Olympus"})

    assert Workspace.objects.get().time_zone == "UTC"


def test_the_room_speaks_the_language_of_its_owners_browser(client: Client):
    client.post(_door(), ANSWERS, headers={"accept-language": "ru,en;q=0.5"})

    assert Workspace.objects.get().language == "ru"
    assert User.objects.get().language == "ru"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fennel", "fennel"),
        ("Crème & Co.", "creme-co"),
        ("ООО «Цветы»", "ooo-tsvety"),
        ("さくら", "sakura"),
        ("شركة الزهرة", "shrka-alzhra"),
        ("株式会社花", "hana"),
        ("API", "hana"),
        ("x" * 200, "x" * 50),
        ("🌿", "hana"),
    ],
)
def test_a_room_gets_an_address_that_can_be_typed(name: str, slug: str):
    assert free_slug(name, "maya@hana.example") == slug


def test_a_name_that_cannot_be_spelt_and_a_public_mailbox_give_a_plain_word():
    assert free_slug("花", "maya@gmail.com") == "desk"


def test_a_second_room_of_the_same_name_gets_a_number():
    make_workspace(slug="fennel")
    make_workspace(slug="fennel-2")

    assert free_slug("Fennel", "maya@hana.example") == "fennel-3"

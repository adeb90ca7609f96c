"""The settings page, what a page tells by itself, and what makes the desk an app."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.notifications.factories import make_device, make_preference
from harken.notifications.forms import OwnPreferenceForm
from harken.notifications.models import Notice, Preference, PushDevice, Telling
from harken.notifications.sorting import sort_out
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Words
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

CHOSEN: dict[str, Any] = {
    "mail": "mine",
    "push": "everything",
    "page": "named",
    "digest_at": "08:30",
    "quiet_from": "22:00",
    "quiet_until": "07:00",
    "quiet_days": ["5", "6"],
    "time_zone": "Asia/Tokyo",
}


@pytest.fixture
def olga(client: Client) -> Agent:
    agent = make_agent(email="olga@fennel.example", role="owner")
    client.force_login(agent.user)
    return agent


@pytest.fixture
def kim(olga: Agent) -> Agent:
    return make_agent(olga.workspace, "kim@fennel.example")


def page(agent: Agent, door: str = "") -> str:
    return f"{agent.workspace.path}settings/notifications/{door}"


def test_somebody_chooses_and_finds_it_again(client: Client, olga: Agent):
    assert client.post(page(olga), CHOSEN).status_code == 302

    chosen = Preference.objects.own(olga)
    shown = client.get(page(olga)).content.decode()

    assert chosen is not None
    assert (chosen.mail, chosen.push, chosen.quiet_days, chosen.zone.key) == (
        *("mine", "everything"),
        *([5, 6], "Asia/Tokyo"),
    )
    assert 'value="22:00"' in shown
    assert 'value="08:30"' in shown
    assert "Your own choice." in shown


def test_the_first_choice_pressed_twice_at_the_same_moment_is_one(
    client: Client, olga: Agent, monkeypatch: pytest.MonkeyPatch
):
    is_valid = OwnPreferenceForm.is_valid

    def overtaken(form: OwnPreferenceForm) -> bool:
        Preference.objects.get_or_create(workspace=olga.workspace, agent=olga)
        return is_valid(form)

    monkeypatch.setattr(OwnPreferenceForm, "is_valid", overtaken)

    assert client.post(page(olga), CHOSEN).status_code == 302
    assert Preference.objects.get().mail == "mine"


def test_somebody_follows_the_workspace_again(client: Client, olga: Agent):
    client.post(page(olga), CHOSEN)

    client.post(page(olga, "own"))

    assert Preference.objects.own(olga) is None


def test_what_the_owner_says_holds_for_all_who_chose_nothing(client: Client, olga: Agent, kim: Agent):
    make_preference(olga, mail="named")
    client.post(page(olga, "defaults"), {f"all-{name}": value for name, value in CHOSEN.items()})

    assert Preference.objects.of(kim).mail == "mine"
    assert Preference.objects.of(kim).time_zone == ""
    assert Preference.objects.of(olga).mail == "named"


def test_a_colleague_says_nothing_for_others(client: Client, olga: Agent, kim: Agent):
    client.force_login(kim.user)

    assert client.post(page(olga, "defaults"), CHOSEN).status_code == 403
    assert "For all who chose nothing" not in client.get(page(olga)).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"quiet_until": ""}, "Quiet hours need a beginning and an end."),
        ({"quiet_from": ""}, "Quiet hours need a beginning and an end."),
        ({"quiet_until": "22:00"}, "Beginning and end are the same"),
        ({"quiet_from": "late"}, "This is no time of day. Nothing was changed; write it like 08:30."),
        ({"quiet_days": list("0123456")}, "No day of the week is left. Nothing was changed"),
        ({"quiet_days": ["9"]}, "This cannot be chosen any more. Nothing was changed"),
        ({"mail": "loudly"}, "This cannot be chosen any more. Nothing was changed"),
        ({"time_zone": "Moon/Crater"}, "This cannot be chosen any more. Nothing was changed"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    client: Client, olga: Agent, wrong: dict[str, Any], words: str
):
    answer = client.post(page(olga), CHOSEN | wrong)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="08:30"' in answer.content.decode()
    assert Preference.objects.own(olga) is None


def test_a_test_letter_is_queued_and_not_without_end(client: Client, olga: Agent):
    for _time in range(8):
        client.post(page(olga, "tests/"), {"way": "mail"})

    assert Telling.objects.filter(about="test", way="mail").count() == 5
    assert "Several tests went out" in client.get(page(olga)).content.decode()


def test_the_page_costs_the_same_for_many_devices(client: Client, olga: Agent):
    client.get(page(olga))
    make_device(olga)
    few = _queries(client, olga)
    for _device in range(10):
        make_device(olga)

    assert _queries(client, olga) == few
    assert few <= 16


def _queries(client: Client, agent: Agent) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(page(agent))
    return len(captured)


def test_a_colleagues_device_is_not_there_for_others(client: Client, olga: Agent, kim: Agent):
    device = make_device(kim)

    assert client.post(page(olga, f"devices/{device.pk}/removal")).status_code == 404
    assert PushDevice.objects.filter(pk=device.pk).exists()


def test_a_stranger_finds_no_page(client: Client, olga: Agent):
    mallory = make_agent(email="mallory@evil.example")
    wall.leave()
    client.force_login(mallory.user)

    for door in ("settings/notifications/", "notices/", "worker.js", "manifest.webmanifest", "offline/"):
        assert client.get(f"{olga.workspace.path}{door}").status_code == 404, door


def test_who_is_named_or_handed_a_request_sees_it_at_once_and_once(client: Client, olga: Agent, kim: Agent):
    ticket = make_ticket(olga.workspace, subject="Bread & jam <b>")
    ticket.note(Words("Olga?"), by=kim, mentions=[olga])
    ticket.assign_to(olga, by=kim)

    shown = client.get(f"{olga.workspace.path}notices/")

    assert shown.content.decode().count("told-one") == 1
    assert "handed you" in shown.content.decode()
    assert "Bread &amp; jam &lt;b&gt;" in shown.content.decode()
    client.post(f"{olga.workspace.path}notices/", {"number": str(ticket.number)})
    assert client.get(f"{olga.workspace.path}notices/").status_code == 204


def test_of_many_notices_three_are_shown_and_the_rest_counted(client: Client, olga: Agent, kim: Agent):
    for number in range(6):
        make_ticket(olga.workspace, f"ann{number}@crumb.example").assign_to(olga, by=kim)

    shown = client.get(f"{olga.workspace.path}notices/").content.decode()

    assert shown.count("handed you") == 3
    assert "3 more requests have news for you." in shown
    client.post(f"{olga.workspace.path}notices/", {"number": ""})
    assert client.get(f"{olga.workspace.path}notices/").status_code == 204


def test_nobody_sees_on_the_page_what_another_is_told(client: Client, olga: Agent, kim: Agent):
    make_ticket(olga.workspace).assign_to(kim, by=olga)

    assert client.get(f"{olga.workspace.path}notices/").status_code == 204
    client.post(f"{olga.workspace.path}notices/")
    assert Notice.objects.filter(agent=kim, seen_at=None).exists()


def test_a_page_may_tell_of_letters_too(client: Client, olga: Agent):
    make_preference(olga, page="everything")
    ticket = make_ticket(olga.workspace)
    make_message(ticket)

    assert sort_out(olga.workspace) == 2

    assert "Ann Baker wrote:" in client.get(f"{olga.workspace.path}notices/").content.decode()


def test_a_request_that_a_colleague_opened_is_not_told_to_them(client: Client, olga: Agent, kim: Agent):
    for agent in (olga, kim):
        make_preference(agent, page="everything")
    make_ticket(olga.workspace, by=olga)

    sort_out(olga.workspace)

    assert list(Notice.objects.filter(way="page").values_list("agent", flat=True)) == [kim.pk]


def test_the_manifest_is_that_of_the_workspace(client: Client, olga: Agent):
    olga.workspace.name, olga.workspace.accent = "Fennel & Söhne", "#7a1f4b"
    olga.workspace.save()

    answer = client.get(f"{olga.workspace.path}manifest.webmanifest")

    said = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (said["name"], said["theme_color"], said["scope"]) == (
        *("Fennel & Söhne", "#7a1f4b"),
        olga.workspace.path,
    )
    assert {icon["sizes"] for icon in said["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}


def test_the_worker_keeps_nothing_of_anybody(client: Client, olga: Agent):
    make_ticket(olga.workspace, subject="Secret bread")

    worker = client.get(f"{olga.workspace.path}worker.js")
    offline = client.get(f"{olga.workspace.path}offline/").content.decode()

    assert worker["Content-Type"].startswith("text/javascript")
    assert worker["Cache-Control"] == "no-cache"
    assert f'"{olga.workspace.path}offline/"' in worker.content.decode()
    assert "You are offline" in offline
    assert not any(word in offline for word in ("Secret", olga.name, olga.email, olga.workspace.name))

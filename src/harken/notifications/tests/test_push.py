"""Pushes against a service on loopback that takes them, and a browser that opens them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from django.test import Client
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.lib import rows
from harken.notifications.factories import make_device, make_preference, make_telling
from harken.notifications.models import Notice, PushDevice, Telling, VapidKey, Way
from harken.notifications.pushes import tell_by_push
from harken.notifications.sorting import sort_out
from harken.tickets.factories import make_message, make_ticket
from harken.workspaces import encryption
from tests.servers.push_service import Browser, PushService

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    settings.HARKEN_ALLOW_INTERNAL = True
    with PushService() as service:
        yield service


@pytest.fixture
def olga(client: Client) -> Agent:
    agent = make_agent(email="olga@fennel.example", role="owner")
    client.force_login(agent.user)
    return agent


@pytest.fixture
def browser(service: PushService, olga: Agent, client: Client) -> Browser:
    """Olga's, switched on as its script does it."""
    browser = Browser()
    answer = client.post(
        f"{olga.workspace.path}settings/notifications/devices/", browser.subscription(service)
    )
    assert answer.status_code == 204
    return browser


def tell(agent: Agent, *, after: timedelta = timedelta(seconds=5)) -> int:
    sort_out(agent.workspace)
    with time_machine.travel(datetime.now(UTC) + after):
        return tell_by_push(agent)


def test_a_push_says_who_wrote_what_and_where_and_only_the_browser_reads_it(
    service: PushService, browser: Browser, olga: Agent
):
    ticket = make_ticket(olga.workspace, subject="Хлеб", text="Где мой хлеб?")

    assert tell(olga) == 1

    [request] = service.requests
    said = browser.read(request)
    assert (said["title"], said["body"]) == ("Ann Baker · Хлеб", "Где мой хлеб?")
    assert said["path"] == f"{olga.workspace.path}tickets/{ticket.number}/"
    assert "хлеб".encode() not in request.body
    assert request.headers["content-encoding"] == "aes128gcm"
    assert int(request.headers["ttl"]) > 0
    assert len(request.headers["topic"]) <= 32


def test_it_is_signed_by_the_workspace_for_this_service_alone(
    service: PushService, browser: Browser, olga: Agent
):
    make_ticket(olga.workspace)
    tell(olga)

    [request] = service.requests
    claims = request.claims

    assert claims["aud"] == service.url
    assert claims["sub"].startswith("mailto:")
    assert claims["key"] == VapidKey.objects.of(olga.workspace).public
    assert claims["exp"] < (datetime.now(UTC) + timedelta(days=1)).timestamp()
    request.headers["authorization"] = request.headers["authorization"].replace("t=e", "t=f", 1)
    with pytest.raises((InvalidSignature, ValueError)):
        assert request.claims


def test_much_news_is_one_push(service: PushService, browser: Browser, olga: Agent):
    for number in range(40):
        make_message(make_ticket(olga.workspace, f"ann{number}@crumb.example"))

    tell(olga)

    [request] = service.requests
    assert browser.read(request)["body"] == "40 requests with news"


def test_a_long_text_fits_into_a_push(service: PushService, browser: Browser, olga: Agent):
    make_ticket(olga.workspace, subject="語" * 500, text="語" * 100_000, name="語" * 200)

    tell(olga)

    [request] = service.requests
    assert len(request.body) <= 4096
    assert browser.read(request)["body"].startswith("語語")


@pytest.mark.parametrize("status", [404, 410])
def test_an_endpoint_that_is_gone_is_forgotten(
    service: PushService, browser: Browser, olga: Agent, status: int
):
    service.answers = [status]
    make_ticket(olga.workspace)

    tell(olga)

    assert not PushDevice.objects.exists()
    assert Telling.objects.get().done_at is not None


def test_a_service_that_is_busy_is_asked_again_and_those_served_are_left_in_peace(
    service: PushService, browser: Browser, olga: Agent
):
    second = Browser()
    make_device(olga, second.endpoint(service), second.keys)
    service.answers = [503, 201]
    make_ticket(olga.workspace)
    tell(olga)

    tell(olga, after=timedelta(minutes=3))

    assert [request.path for request in service.requests] == [
        *(path_of(browser, service), path_of(second, service)),
        path_of(browser, service),
    ]


def path_of(browser: Browser, service: PushService) -> str:
    return browser.endpoint(service).removeprefix(service.url)


def test_what_a_service_says_is_shown(service: PushService, browser: Browser, olga: Agent, client: Client):
    service.answers = [403]
    make_ticket(olga.workspace)
    tell(olga)

    shown = client.get(f"{olga.workspace.path}settings/notifications/").content.decode()

    assert "The last push was not taken" in shown
    assert "403" in shown


def test_a_second_run_pushes_nothing_twice(
    service: PushService, browser: Browser, olga: Agent, monkeypatch: pytest.MonkeyPatch
):
    make_ticket(olga.workspace)
    with monkeypatch.context() as killed:
        killed.setattr("harken.notifications.pushes.MOST_ATTEMPTS", None)
        service.answers = [201]
        tell(olga)
    Telling.objects.update(done_at=None)

    tell(olga, after=timedelta(minutes=3))

    assert len(service.requests) == 1


def test_quiet_hours_hold_pushes_too(service: PushService, browser: Browser, olga: Agent):
    now = datetime.now(UTC)
    make_preference(
        olga,
        quiet_from=(now - timedelta(hours=1)).time(),
        quiet_until=(now + timedelta(hours=2)).time(),
        time_zone="UTC",
    )
    make_ticket(olga.workspace)

    assert tell(olga) == 0
    assert tell(olga, after=timedelta(hours=3)) == 1


def test_a_test_push_comes_as_itself(service: PushService, browser: Browser, olga: Agent):
    make_telling(olga, Way.PUSH)

    tell(olga)

    [request] = service.requests
    assert browser.read(request)["tag"] == "test"


def test_an_endpoint_inside_is_asked_only_with_leave(olga: Agent, settings: Settings, client: Client):
    settings.HARKEN_ALLOW_INTERNAL = False
    with PushService() as service:
        browser = Browser()
        answer = client.post(
            f"{olga.workspace.path}settings/notifications/devices/", browser.subscription(service)
        )
        assert answer.status_code == 422
        make_device(olga, browser.endpoint(service).replace("http:", "https:"), browser.keys)
        make_ticket(olga.workspace)

        tell(olga)

        assert service.requests == []
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": ""},
        {"endpoint": "javascript:alert(1)"},
        {"endpoint": "https://push.example/" + "x" * 2000},
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
        {"auth": "\x00"},
    ],
)
def test_what_is_no_subscription_is_refused(
    service: PushService, olga: Agent, client: Client, wrong: dict[str, str]
):
    given = Browser().subscription(service) | wrong

    assert client.post(f"{olga.workspace.path}settings/notifications/devices/", given).status_code == 422
    assert not PushDevice.objects.exists()


def test_a_browser_that_subscribes_again_is_one_device_and_belongs_to_who_signs_in(
    service: PushService, browser: Browser, olga: Agent, client: Client
):
    kim = make_agent(olga.workspace, "kim@fennel.example")
    client.force_login(kim.user)

    client.post(f"{olga.workspace.path}settings/notifications/devices/", browser.subscription(service))

    assert PushDevice.objects.get().agent == kim


def test_whoever_leaves_is_pushed_to_no_more(service: PushService, browser: Browser, olga: Agent):
    make_agent(olga.workspace, "kim@fennel.example", role="owner")

    olga.deactivate(by=olga)

    assert not PushDevice.objects.exists()


def test_secrets_lie_sealed_and_a_lost_key_is_replaced(
    service: PushService, browser: Browser, olga: Agent, settings: Settings
):
    before = VapidKey.objects.of(olga.workspace).public
    ((sealed,),) = rows.ask("SELECT endpoint || p256dh || auth FROM notifications_pushdevice")
    assert service.url not in sealed
    assert browser.keys.auth not in sealed

    settings.SECRET_KEY = "another"

    assert VapidKey.objects.of(olga.workspace).public != before
    assert not PushDevice.objects.exists()
    assert encryption.opened(VapidKey.objects.get().private)


def test_without_a_device_nothing_waits(olga: Agent):
    make_ticket(olga.workspace)
    tell(olga)

    assert not Notice.objects.filter(way="push").exists()

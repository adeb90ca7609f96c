"""Two workspaces, every address and every API operation: what is A's is not there for B, and for nobody else.

The walk knows no list of pages: it reads the URL configuration and the API's description, and fails when it
finds something it has no value for. It is made three times: with both walls, and with each of them alone.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent, Token
from harken.api.application import api
from harken.tickets.factories import make_ticket
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall
from tests.wall.addresses import IN_A_WORKSPACE, IN_THE_API, Address, addresses, forgotten, operations
from tests.wall.bodies import BODIES
from tests.wall.marks import MarkedWorkspace, empty_models

pytestmark = pytest.mark.django_db

METHODS = ("get", "post", "put", "patch", "delete")

# Places outside all workspaces: what stands for their parameters.
OPEN_TO_ALL: dict[str, dict[str, str]] = {
    "": {},
    "readyz": {},
    "metrics": {},
    "api/": {},
    "api/docs": {},
    "api/openapi.json": {},
    "files/<str:token>/<str:name>": {"token": "1-1-1-" + "A" * 32, "name": "jam.txt"},
    "welcome/<str:secret>/": {"secret": "guessed"},
    "accounts/login/": {},
    "accounts/login/password/": {},
    "accounts/link/<str:secret>/": {"secret": "guessed"},
    "accounts/invitation/<str:secret>/": {"secret": "guessed"},
    "accounts/workspaces/": {},
    "accounts/login/passkey/": {},
    "accounts/login/second-step/": {},
    "accounts/oidc/<slug:slug>/": {"slug": "a-marked"},
    "accounts/oidc/<int:workspace_id>/return/": {"workspace_id": "1"},
    "accounts/security/": {},
    "accounts/security/first/": {},
    "accounts/security/again/": {},
    "accounts/security/again/code/": {},
    "accounts/security/again/passkey/": {},
    "accounts/security/app/": {},
    "accounts/security/app/removal/": {},
    "accounts/security/codes/": {},
    "accounts/security/codes/new/": {},
    "accounts/security/codes/recovery-codes.txt": {},
    "accounts/security/passkeys/new/": {},
    "accounts/security/passkeys/<int:pk>/removal/": {"pk": "1"},
    "accounts/logout/": {},
    "accounts/password/change/": {},
    "accounts/password/changed/": {},
    "accounts/password/set/": {},
    "accounts/password/reset/": {},
    "accounts/password/reset/done/": {},
    "^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": {"uidb36": "1", "key": "guessed"},
}

# A row that has left the list is answered like one that never was in it.
ANSWERS_WITHOUT_THE_OBJECT = {
    "<slug:workspace>/inbox/<int:number>/",
    # Whoever begins a letter names it: under the same name stands a letter of one's own, or none.
    "<slug:workspace>/letters/<uuid:key>/draft",
    "<slug:workspace>/letters/<uuid:key>/draft/files/",
    "<slug:workspace>/letters/<uuid:key>/draft/files/<int:file_id>",
}

DESCRIPTION = api.get_openapi_schema(path_prefix="/api/")
OPERATIONS = list(operations(DESCRIPTION))
DESCRIBED = {route for _method, route, _operation in OPERATIONS}


@pytest.fixture
def a(settings: Settings, tmp_path: Path) -> MarkedWorkspace:
    settings.HARKEN_FILES_URL = tmp_path.as_uri()
    return MarkedWorkspace()


@pytest.fixture
def mallory(a: MarkedWorkspace) -> Iterator[Agent]:
    """The owner of workspace B, who has a ticket of her own there."""
    agent = make_agent(email="mallory@b.example", role=Agent.Role.OWNER)
    make_ticket(agent.workspace, "bob@b.example")
    yield agent
    wall.leave()


@pytest.fixture(params=["both walls", "the first wall alone", "the second wall alone"])
def walls(request: pytest.FixtureRequest, mallory: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "the first wall alone":
        _tear_down_the_second_wall()
    if request.param == "the second wall alone":
        _tear_down_the_first_wall(monkeypatch)


def _tear_down_the_first_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the filter of every queryset that stands before the second wall."""
    for queryset in _walled_querysets():
        monkeypatch.setattr(queryset, "visible_to", lambda rows, agent: rows.all())


def _tear_down_the_second_wall() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in wall.walled_tables():
            cursor.execute(f"ALTER TABLE {connection.ops.quote_name(table)} DISABLE ROW LEVEL SECURITY")


def _walled_querysets() -> set[type]:
    tables = wall.walled_tables()
    managers = [model._default_manager for model in apps.get_models() if model._meta.db_table in tables]
    querysets = {type(manager.get_queryset()) for manager in managers}
    return {queryset for queryset in querysets if hasattr(queryset, "visible_to")}


def all_addresses() -> list[Address]:
    return addresses(get_resolver().url_patterns)


def ask(client: Client, method: str, address: str, **headers: str) -> Any:
    """The answer, with all of its bytes."""
    wall.leave()
    data = {} if method != "post" else {"text": "Hello", "kind": "note", "seen_up_to": "100", "active": "yes"}
    answer: Any = getattr(client, method)(address, data, headers=headers)
    answer.bytes = answer.getvalue() if answer.streaming else answer.content
    answer.bytes += str(dict(answer.headers)).encode()
    return answer


def ask_api(token: str, method: str, address: str, body: dict[str, Any] | None) -> Any:
    wall.leave()
    return Client().generic(
        method,
        address,
        "" if body is None else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"} if token else {},
    )


def body_of(operation: dict[str, Any]) -> dict[str, Any] | None:
    return BODIES[operation["operationId"]] if "requestBody" in operation else None


def signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent.user)
    return client


def test_the_walk_forgets_no_route(a: MarkedWorkspace):
    found = all_addresses()

    assert forgotten(found, known=set(a.values), open_to_all=set(OPEN_TO_ALL), described=DESCRIBED) == []
    assert set(OPEN_TO_ALL) <= {address.route for address in found}, "these are no longer there"


@pytest.mark.parametrize(
    "route",
    [
        "spy/",
        "<slug:workspace>/spy/<int:spy_id>/",
        "api/v1/spies",
        "api/v1/tickets/<int:spy_id>",
        "accounts/spy/",
    ],
)
def test_the_walk_fails_when_a_route_is_not_in_it(a: MarkedWorkspace, route: str):
    found = addresses([path(route, lambda request: HttpResponse())])

    assert forgotten(found, known=set(a.values), open_to_all=set(OPEN_TO_ALL), described=DESCRIBED)


def test_the_marked_workspace_has_one_of_everything(a: MarkedWorkspace):
    assert empty_models(a.workspace) == []
    assert len(a.marks) > 64


def test_those_inside_see_the_marks(a: MarkedWorkspace):
    olga = Agent.objects.get(workspace=a.workspace, role=Agent.Role.OWNER)
    client, token = signed_in(olga), Token.objects.issue(olga, "test")[1]

    seen = ask(client, "get", Address("<slug:workspace>/tickets/<int:number>/").filled(a.values)).bytes
    told = Client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {token}"}).content

    assert a.leaks_into(seen)
    assert a.leaks_into(told)


@pytest.mark.usefixtures("walls")
def test_a_member_of_another_workspace_finds_nothing(a: MarkedWorkspace, mallory: Agent):
    before = a.fingerprint()
    client = signed_in(mallory)
    own = a.values | {"workspace": mallory.workspace.slug}

    for address in all_addresses():
        if address.route.startswith(IN_A_WORKSPACE):
            _walk_into(a, client, address)
            _walk_at_home(a, client, address, own)

    assert a.fingerprint() == before


def test_the_walk_sees_what_no_wall_hides(
    a: MarkedWorkspace, mallory: Agent, monkeypatch: pytest.MonkeyPatch
):
    _tear_down_the_first_wall(monkeypatch)
    _tear_down_the_second_wall()
    client, own = signed_in(mallory), a.values | {"workspace": mallory.workspace.slug}
    token = Token.objects.issue(mallory, "test")[1]

    page = ask(client, "get", Address("<slug:workspace>/tickets/<int:number>/").filled(own))
    told = ask_api(token, "get", f"/{IN_THE_API}contacts", None)

    assert a.leaks_into(page.bytes)
    assert a.leaks_into(told.content)


def _walk_into(a: MarkedWorkspace, client: Client, address: Address) -> None:
    for method in METHODS:
        answer = ask(client, method, address.filled(a.values))
        assert answer.status_code == 404, f"{method} {address.route}: {answer.status_code}"
        assert not a.leaks_into(answer.bytes), f"{method} {address.route}"


def _walk_at_home(a: MarkedWorkspace, client: Client, address: Address, own: dict[str, Any]) -> None:
    for method, headers in [*((method, {}) for method in METHODS), ("get", {"HX-Request": "true"})]:
        answer = ask(client, method, address.filled(own), **headers)
        assert not a.leaks_into(answer.bytes), f"{method} {address.route}"
        assert answer.status_code < 500, f"{method} {address.route}: {answer.status_code}"
        if address.objects and address.route not in ANSWERS_WITHOUT_THE_OBJECT:
            assert answer.status_code in {404, 405}, f"{method} {address.route}: {answer.status_code}"


@pytest.mark.usefixtures("walls")
def test_a_token_of_another_workspace_finds_nothing(a: MarkedWorkspace, mallory: Agent):
    before = a.fingerprint()
    token = Token.objects.issue(mallory, "test")[1]

    for method, route, operation in OPERATIONS:
        address = Address(route)
        answer = ask_api(
            token, method, address.filled(a.values) + _questions(operation, a), body_of(operation)
        )
        assert not a.leaks_into(answer.content), f"{method} {route}"
        assert answer.status_code == 404 if address.objects else answer.status_code in {200, 201}, (
            f"{method} {route}: {answer.status_code}"
        )

    assert a.fingerprint() == before


@pytest.mark.usefixtures("walls")
def test_whoever_looks_for_a_mark_in_another_workspace_finds_nothing(a: MarkedWorkspace, mallory: Agent):
    client, token = signed_in(mallory), Token.objects.issue(mallory, "test")[1]
    with wall.inside(a.workspace.pk):
        words = [message.visible_text for message in Message.objects.filter(workspace=a.workspace)]

    for word in [asked for text in words for asked in (text, text[:-1], f"from:{text}", f'"{text}"')]:
        page = ask(client, "get", f"/{mallory.workspace.slug}/search/?q={word}")
        told = ask_api(token, "get", f"/{IN_THE_API}search?q={word}", None)
        assert b'id="found-' not in page.bytes
        assert told.json() == {"results": [], "next": None, "notices": [], "corrected": {}, "behind": 0}


def test_those_inside_find_the_marks(a: MarkedWorkspace):
    olga = Agent.objects.get(workspace=a.workspace, role=Agent.Role.OWNER)
    with wall.inside(a.workspace.pk):
        word = Message.objects.filter(workspace=a.workspace)[0].visible_text

    assert b'id="found-' in ask(signed_in(olga), "get", f"/{a.workspace.slug}/search/?q={word}").bytes


def _questions(operation: dict[str, Any], a: MarkedWorkspace) -> str:
    """Ask for A's objects in the query, too."""
    asked = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
    return f"?company={a.values['company_id']}" if "company" in asked else ""


def test_a_colleague_of_another_workspace_is_nobody_here(a: MarkedWorkspace, mallory: Agent):
    token = Token.objects.issue(mallory, "test")[1]
    own = Ticket.objects.get(workspace=mallory.workspace)
    with wall.inside(a.workspace.pk):
        theirs = Agent.objects.get(pk=a.values["agent_id"]).email

    answer = ask_api(token, "patch", f"/{IN_THE_API}tickets/{own.number}", {"assignee": theirs})

    assert answer.status_code == 422


def test_nobody_is_sent_to_sign_in(a: MarkedWorkspace):
    client = Client()

    for address in all_addresses():
        if address.route.startswith(IN_A_WORKSPACE):
            there = ask(client, "get", address.filled(a.values))
            nowhere = ask(client, "get", address.filled(a.values | {"workspace": "never-was"}))
            assert there.status_code == nowhere.status_code == 302, address.route
            assert there["Location"].startswith("/accounts/login/"), address.route
            for method in METHODS[1:]:
                assert ask(client, method, address.filled(a.values)).status_code == 302, address.route


def test_nobody_is_refused_by_the_api(a: MarkedWorkspace):
    for method, route, operation in OPERATIONS:
        answer = ask_api("", method, Address(route).filled(a.values), body_of(operation))

        assert answer.status_code == 401, f"{method} {route}"


@pytest.mark.parametrize("knows_the_way", [False, True])
def test_what_is_open_to_all_tells_nothing(a: MarkedWorkspace, mallory: Agent, knows_the_way: bool):
    for route, values in OPEN_TO_ALL.items():
        for method in ("get", "post"):
            client = signed_in(mallory) if knows_the_way else Client()
            answer = ask(client, method, Address(route).filled(values))
            assert not a.leaks_into(answer.bytes), f"{method} {route}"
            assert answer.status_code < 500 or route == "readyz", f"{method} {route}: {answer.status_code}"


def test_behind_the_second_wall_no_table_shows_a_row(a: MarkedWorkspace, mallory: Agent):
    enter: list[Callable[[], Any]] = [wall.leave, lambda: wall.enter(mallory.workspace_id)]
    for go in enter:
        go()
        for model in apps.get_models():
            if model._meta.db_table in wall.walled_tables():
                assert not model._default_manager.filter(workspace=a.workspace).exists(), model._meta.label

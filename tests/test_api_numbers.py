"""Whole numbers that no row can have: whoever asks for one hears so, and no operation stumbles over it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from harken.agents.models import Agent, Token
from harken.api.application import api
from harken.workspaces import wall
from tests.wall.addresses import Address, operations
from tests.wall.bodies import BODIES
from tests.wall.marks import MarkedWorkspace

pytestmark = pytest.mark.django_db

MOST = 2**63 - 1
BEYOND = (MOST + 1, 10**40)
DESCRIPTION = api.get_openapi_schema(path_prefix="/api/")
OPERATIONS = list(operations(DESCRIPTION))


@pytest.fixture
def a(settings: Settings, tmp_path: Path) -> Iterator[MarkedWorkspace]:
    settings.HARKEN_FILES_URL = tmp_path.as_uri()
    yield MarkedWorkspace()
    wall.leave()


@pytest.fixture
def token(a: MarkedWorkspace) -> str:
    """A token of somebody for whom everything in A is there."""
    wall.enter(a.workspace.pk)
    owner = Agent.objects.filter(workspace=a.workspace, role=Agent.Role.OWNER).earliest("pk")
    return Token.objects.issue(owner, "numbers")[1]


def whole_numbers(operation: dict[str, Any], place: str) -> list[str]:
    """The parameters of an operation that are whole numbers, in the path or in the query."""
    parameters = operation.get("parameters", ())
    return [each["name"] for each in parameters if each["in"] == place and any(integers(each["schema"]))]


def integers(schema: Any) -> Iterator[dict[str, Any]]:
    """Every whole number that a schema allows, however deep it stands."""
    if isinstance(schema, list):
        for each in schema:
            yield from integers(each)
    elif isinstance(schema, dict):
        if schema.get("type") == "integer":
            yield schema
        if "$ref" in schema:
            yield from integers(DESCRIPTION["components"]["schemas"][schema["$ref"].split("/")[-1]])
        # Answers to a workspace's own fields may be any number: the field looks at them.
        for name, each in schema.items():
            yield from integers(each) if name != "additionalProperties" else ()


def ask(token: str, method: str, address: str, body: dict[str, Any] | None = None) -> int:
    wall.leave()
    answer = Client().generic(
        method,
        address,
        "" if body is None else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.status_code


def test_nothing_is_found_under_a_number_that_none_can_have(a: MarkedWorkspace, token: str):
    found = {
        (method, route, name, number): ask(
            token,
            method,
            Address(route).filled(a.values | {name: number}),
            BODIES.get(operation["operationId"]),
        )
        for method, route, operation in OPERATIONS
        for name in whole_numbers(operation, "path")
        for number in BEYOND
    }

    assert len(found) > len(BEYOND) * 40
    # What is to be deleted is gone already; a body may name something that is not there either.
    assert {asked: status for asked, status in found.items() if status not in (204, 404, 422)} == {}
    assert {status for (method, *_asked), status in found.items() if method == "get"} == {404}


def test_a_question_about_such_a_number_is_refused_in_words(a: MarkedWorkspace, token: str):
    found = {
        (route, name, number): ask(token, method, f"{Address(route).filled(a.values)}?{name}={number}")
        for method, route, operation in OPERATIONS
        for name in whole_numbers(operation, "query")
        for number in (*BEYOND, -MOST - 2)
    }

    assert ("api/v1/contacts", "company", MOST + 1) in found
    assert {asked: status for asked, status in found.items() if status != 422} == {}


def test_every_number_that_is_sent_has_bounds():
    sent = [
        (operation["operationId"], integer)
        for _method, _route, operation in OPERATIONS
        for integer in (
            *integers([each["schema"] for each in operation.get("parameters", ()) if each["in"] == "query"]),
            *integers(operation.get("requestBody", {})),
        )
    ]

    assert sent
    assert [each for each in sent if not each[1].get("maximum", MOST + 1) <= MOST] == []

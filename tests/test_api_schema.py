"""The API does what its description says: schemathesis makes requests out of it, good ones and bad ones."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from pytest_django import Settings
from schemathesis.checks import CHECKS, load_all_checks

from harken.agents.factories import make_agent
from harken.agents.models import Token
from harken.api.application import api
from harken.channels.factories import make_channel
from harken.contacts.models import Company, Contact, Identity, Site
from harken.tickets.factories import make_ticket
from harken.tickets.models import Draft, Ticket
from harken.workspaces import wall

# The number or id of everything that is there.
KNOWN = 4817


def description() -> Any:
    """The API's own description, its addresses narrowed to what is there: invented ones would all be 404."""
    described = api.get_openapi_schema(path_prefix="/api/")
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    for parameter in (parameter for operation in operations for parameter in operation.get("parameters", ())):
        if parameter["in"] == "path":
            parameter["schema"] = {"type": "integer", "enum": [KNOWN]}
    schema = schemathesis.openapi.from_dict(described)
    schema.app = get_wsgi_application()
    return schema


DESCRIPTION = description()

load_all_checks()
# Good data may still be refused in words: a colleague who is none, a cursor that we did not make.
CHECKED: list[Any] = [check for check in CHECKS.get_all() if check.__name__ != "positive_data_acceptance"]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Let requests through the WSGI door stay in the test's own transaction, as Django's test client does."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture
def token(one_connection: None, db: None, settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The token of an agent in whose workspace there is one of everything."""
    settings.HARKEN_FILES_URL = tmp_path.as_uri()
    agent = make_agent()
    make_channel(agent.workspace)
    company = Company.objects.create(
        pk=KNOWN, workspace=agent.workspace, name="Crumb & Co", domain="crumb.example"
    )
    contact = Contact.objects.create(pk=KNOWN, workspace=agent.workspace, name="Ann Baker", company=company)
    Identity.objects.create(workspace=agent.workspace, contact=contact, address="ann@crumb.example")
    Site.objects.create(pk=KNOWN, workspace=agent.workspace, company=company, name="Otley")
    Ticket.objects.filter(pk=make_ticket(agent.workspace).pk).update(number=KNOWN)
    letter = {"text": "Hello", "recipients": {"to": "ann@crumb.example"}, "key": uuid.uuid4()}
    at = timezone.now() + timedelta(days=1)
    Draft.objects.create(pk=KNOWN, workspace=agent.workspace, agent=agent, leaves_at=at, **letter)
    yield Token.objects.issue(agent, "schema")[1]
    wall.leave()


@DESCRIPTION.parametrize()
@examples(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case: schemathesis.Case, token: str):
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKED)


def test_the_description_is_valid(client: Client):
    answer = client.get("/api/openapi.json")

    assert answer.status_code == 200
    schemathesis.openapi.from_dict(answer.json()).validate()

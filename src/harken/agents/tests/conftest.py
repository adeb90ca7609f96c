import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.agents.tests.by_provider import HERE, provide
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.oidc import Issuer

Post = Callable[[], list[str]]


@pytest.fixture(autouse=True)
def outside_of_all_workspaces() -> Iterator[None]:
    """No test stands in the workspace of the one before it."""
    yield
    wall._current.set(None)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Slow hashes are for guessers; here nobody guesses long."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def post(db: None, settings: Settings) -> Post:
    """Carry out the letters that were asked for; the paths of the links in all letters so far, oldest first."""
    settings.HARKEN_RELAY = "smtp://relay.example"
    settings.HARKEN_URL = "https://desk.fennel.example"
    cache.clear()

    def carry_out() -> list[str]:
        for job in ProcrastinateJob.objects.filter(status="todo").order_by("id"):
            # The job's own wrapping closes the connection that it finds in a transaction: here that is the test's.
            function: Any = app.tasks[job.task_name].func
            with wall.inside(job.args["workspace_id"]):
                function.__wrapped__(**job.args)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
        return [path for letter in mail.outbox for path in _paths(str(letter.body))]

    return carry_out


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer, settings: Settings) -> Issuer:
    """The issuer, honest again, with nothing of it remembered."""
    cache.clear()
    settings.HARKEN_ALLOW_INTERNAL = True
    settings.HARKEN_URL = HERE
    running.person = {"sub": "olga-1", "email": "olga@fennel.example", "email_verified": True}
    running.bent, running.about, running.described = {}, {}, {}
    running.algorithm, running.fault = "RS256", 0
    running.asked.clear()
    return running


@pytest.fixture
def olga(issuer: Issuer) -> Agent:
    """Olga, whose workspace signs in by the issuer."""
    agent = make_agent(make_workspace(slug="fennel"), "olga@fennel.example", "owner")
    provide(agent.workspace, issuer)
    wall.leave()
    return agent


def _paths(text: str) -> list[str]:
    addresses = re.findall(r"https://desk\.fennel\.example/\S+", text)
    return [address.removeprefix("https://desk.fennel.example") for address in addresses]


def path_of(address: str) -> str:
    """The part of an address that a test client asks for."""
    return urlsplit(address).path

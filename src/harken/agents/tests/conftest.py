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

from harken.workspaces import wall

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


def _paths(text: str) -> list[str]:
    addresses = re.findall(r"https://desk\.fennel\.example/\S+", text)
    return [address.removeprefix("https://desk.fennel.example") for address in addresses]


def path_of(address: str) -> str:
    """The part of an address that a test client asks for."""
    return urlsplit(address).path

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from psycopg import errors

from harken.config import health
from harken.config.outage import is_away
from harken.lib import vitals


class OnlyHere:
    """Addresses of this test alone, with the desk's own handler for failures."""

    handler500 = health.failed

    @staticmethod
    def database_gone(request: HttpRequest) -> HttpResponse:
        raise OperationalError("the connection is closed")

    @staticmethod
    def broken(request: HttpRequest) -> HttpResponse:
        raise ValueError("our own fault")


OnlyHere.urlpatterns = [  # type: ignore[attr-defined]
    path("gone", OnlyHere.database_gone),
    path("api/v1/gone", OnlyHere.database_gone),
    path("broken", OnlyHere.broken),
]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def without_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("could not connect")

    monkeypatch.setattr(connection, "cursor", refuse)


def _caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_a_desk_without_its_database_is_not_ready(client: Client, without_database: None):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "problem": "The database does not answer."}


@pytest.mark.django_db
def test_a_desk_with_something_to_look_at_is_ready_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        vitals, "_checks", {"mailbox": lambda: ["help@acme.example was not fetched for an hour."]}
    )

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "warnings": [{"about": "mailbox", "warning": "help@acme.example was not fetched for an hour."}],
    }


@pytest.mark.django_db
def test_a_desk_that_lacks_a_migration_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "_is_migrated", False)
    with connection.cursor() as sql:
        sql.execute("DELETE FROM django_migrations WHERE app = 'sessions'")

    response = client.get("/readyz")

    assert (response.status_code, response.json()["ready"]) == (503, False)


@override_settings(ROOT_URLCONF=OnlyHere)
def test_a_database_that_goes_away_in_a_request_is_not_our_fault_and_passes(client: Client):
    response = client.get("/gone")

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "Nothing is lost" in response.content.decode()


@override_settings(ROOT_URLCONF=OnlyHere)
def test_a_program_reads_the_same_as_a_problem(client: Client):
    response = client.get("/api/v1/gone")

    assert (response.status_code, response.headers["Content-Type"]) == (503, "application/problem+json")


@override_settings(ROOT_URLCONF=OnlyHere)
def test_our_own_fault_stays_our_own_fault(client: Client):
    assert client.get("/broken").status_code == 500


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (InterfaceError("connection already closed"), True),
        (_caused_by(OperationalError(), errors.AdminShutdown()), True),
        (_caused_by(OperationalError(), errors.TooManyConnections()), True),
        (_caused_by(ValueError(), OperationalError("no route")), True),
        (_caused_by(OperationalError(), errors.LockNotAvailable()), False),
        (_caused_by(OperationalError(), errors.QueryCanceled()), False),
        (IntegrityError(), False),
        (None, False),
    ],
)
def test_an_absent_database_is_told_from_one_that_refuses(error: Exception | None, away: bool):
    assert is_away(error) is away


@pytest.mark.django_db
def test_figures_are_for_this_machine_and_its_private_network():
    for address in ("127.0.0.1", "::1", "10.1.2.3", "::ffff:192.168.0.9"):
        response = health.metrics(RequestFactory().get("/metrics", REMOTE_ADDR=address))
        assert response.status_code == 200
        assert b"harken_database_up 1.0" in response.content


@pytest.mark.parametrize(
    ("address", "header"),
    [
        ("8.8.8.8", {}),
        ("", {}),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
    ],
)
def test_figures_are_not_for_the_world_nor_for_what_a_proxy_passes_on(address: str, header: dict[str, str]):
    request = RequestFactory().get("/metrics", REMOTE_ADDR=address, headers=header)

    assert health.metrics(request).status_code == 403


def test_figures_of_the_process_are_there_also_without_a_database(monkeypatch: pytest.MonkeyPatch):
    def ask_database() -> list[vitals.Figure]:
        raise OperationalError("gone")

    monkeypatch.setattr(vitals, "_measures", {"jobs": ask_database})

    told = health.metrics(RequestFactory().get("/metrics", REMOTE_ADDR="127.0.0.1")).content

    assert b"harken_database_up 0.0" in told
    assert b"process_resident_memory_bytes" in told


def test_figures_of_rooms_carry_their_labels(monkeypatch: pytest.MonkeyPatch):
    waiting = [
        vitals.Figure("harken_jobs", "Jobs.", 3, {"queue": "mail"}),
        vitals.Figure("harken_jobs", "Jobs.", 4, {"queue": "index"}),
    ]
    monkeypatch.setattr(vitals, "_measures", {"jobs": lambda: waiting})

    told = health.metrics(RequestFactory().get("/metrics", REMOTE_ADDR="127.0.0.1")).content

    assert b'harken_jobs{queue="mail"} 3.0' in told
    assert b'harken_jobs{queue="index"} 4.0' in told

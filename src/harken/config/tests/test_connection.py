import pytest

from harken.config.database import connection_settings
from harken.config.environment import Environment


def options(url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("DATABASE_URL", url)
    found: dict[str, str] = connection_settings(Environment())["OPTIONS"]
    return found


def test_a_database_machine_that_vanishes_is_given_up_after_seconds(monkeypatch: pytest.MonkeyPatch):
    found = options("postgresql://desk:secret@db.example/desk", monkeypatch)

    assert (found["connect_timeout"], found["tcp_user_timeout"]) == ("5", "20000")


def test_the_url_may_ask_for_more_patience(monkeypatch: pytest.MonkeyPatch):
    found = options(
        "postgresql://desk:secret@db.example/desk?connect_timeout=60&sslmode=require", monkeypatch
    )

    assert (found["connect_timeout"], found["sslmode"]) == ("60", "require")

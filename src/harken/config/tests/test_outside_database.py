"""A server that is not ours: what it must be, and how it is told what it is not. The tests' own server stands in."""

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from harken.config.database import preparation
from harken.config.database.preparation import locale_clause, prepare_outside
from harken.config.errors import DatabaseRefused


@pytest.fixture
def place(db):
    """Where the test database is, in the words of libpq."""
    fields = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    found = {name: connection.settings_dict[key] for name, key in fields.items()}
    return {name: value for name, value in found.items() if value}


def refusal(place, **changes):
    with pytest.raises(DatabaseRefused) as refused:
        prepare_outside(make_conninfo("", **place | changes))
    return str(refused.value)


def test_a_sound_database_is_prepared_and_twice_is_harmless(place):
    prepare_outside(make_conninfo("", **place))
    prepare_outside(make_conninfo("", **place))


def test_a_database_that_is_not_there_is_told_with_the_command_that_makes_it(place):
    words = refusal(place, dbname="nowhere")

    assert "names the database nowhere, which does not exist: create it with CREATE DATABASE nowhere" in words


def test_a_server_that_is_not_there_is_told_without_the_password():
    words = refusal({"host": "127.0.0.1", "port": 9, "user": "olga", "password": "hush", "dbname": "desk"})

    assert words == "DATABASE_URL does not lead to a database at 127.0.0.1:9: Connection refused."


def test_an_old_server_is_refused(place, monkeypatch):
    monkeypatch.setattr(preparation, "_OLDEST", 990000)

    assert "Harken needs 15 or newer" in refusal(place)


def test_a_server_without_an_extension_is_refused(place, monkeypatch):
    monkeypatch.setattr(preparation, "_EXTENSIONS", ("pg_trgm", "not_to_be_had"))

    assert "has no extension not_to_be_had: install its package" in refusal(place)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "UTF8"])
def test_a_database_that_knows_only_english_letters_is_refused(place, transactional_db, encoding):
    name = f"english_{encoding.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'"
            " LOCALE_PROVIDER libc"
        )
        try:
            assert "knows only English letters" in refusal(place, dbname=name)
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def test_a_new_database_knows_the_letters_by_the_best_provider_its_server_has():
    assert "LOCALE_PROVIDER builtin" in locale_clause(170000)
    assert "LOCALE_PROVIDER" not in locale_clause(160000)

"""What `lib.prepared` promises, tried where there are tables."""

import gc
import weakref

import psycopg
import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError, OperationalError, connection, transaction

from harken.contacts.models import Contact
from harken.lib import prepared, rows
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


def test_values_stand_where_they_are_named_however_often():
    asked = "SELECT %(one)s::int, %(two)s::text, %(one)s::int + 1, 'a %% b' LIKE '%%b'"

    assert rows.ask(asked, {"two": "x", "one": 1}) == [(1, "x", 2, True)]


def test_a_statement_gives_the_same_before_and_after_it_is_prepared():
    answers = {tuple(rows.ask("SELECT %s::bigint, %s::text", [2**40, None])) for _ in range(6)}

    assert answers == {((2**40, None),)}
    assert _names("SELECT $1::bigint, $2::text") == 1


def test_values_of_another_size_are_another_statement_to_the_server():
    for value in (1, 2**20, 2**40, 1, 2**20, 2**40, 1, 2**20, 2**40):
        assert rows.ask("SELECT %s + 0", [value]) == [(value,)]

    assert _names("SELECT $1 + 0") == 3


def test_no_more_statements_are_kept_than_that(monkeypatch):
    monkeypatch.setattr(prepared, "MOST_KNOWN", 5)

    for number in range(30):
        for _ in range(prepared.PREPARED_FROM):
            assert rows.ask(f"SELECT {number}") == [(number,)]

    assert _names("SELECT ") <= 5


def test_a_refused_value_is_an_error_of_django_and_breaks_the_transaction_alone():
    for _ in range(prepared.PREPARED_FROM + 1):
        with pytest.raises(DataError), transaction.atomic():
            rows.ask("SELECT 1 / %s::int", [0])

    assert rows.ask("SELECT 1 / %s::int", [1]) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_is_an_operational_error_and_the_next_one_asks_again():
    (own,) = rows.ask("SELECT pg_backend_pid()")
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", own)

    with pytest.raises(OperationalError):
        rows.ask("SELECT 1")
    connection.close()

    assert rows.ask("SELECT 1") == [(1,)]


def test_a_connection_that_was_closed_is_forgotten_with_its_statements():
    # A connection of its own: an error of an earlier test may hold the shared one by its traceback.
    own = psycopg.connect(connection.connection.info.dsn)
    assert prepared.run(own, "SELECT 1", []) == [(1,)]
    left = weakref.ref(own)

    own.close()
    del own
    gc.collect()

    assert left() is None


def test_what_is_locked_is_read_again_and_its_relations_with_it():
    contact = Contact.objects.create(workspace=make_workspace(), name="Ann")
    workspace = contact.workspace
    Contact.objects.update(name="Ann Baker")

    rows.lock(contact)

    assert contact.name == "Ann Baker"
    assert contact.workspace is workspace, "what did not change is not asked for anew"


def test_what_is_gone_cannot_be_locked():
    contact = Contact.objects.create(workspace=make_workspace(), name="Ann")
    Contact.objects.all().delete()

    with pytest.raises(ObjectDoesNotExist):
        rows.lock(contact)


def _names(beginning):
    found = rows.ask("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", [f"{beginning}%"])
    return found[0][0]

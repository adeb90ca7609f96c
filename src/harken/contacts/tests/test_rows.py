"""The prepared statements of `lib.rows`, tried on contacts: `lib` itself has no tables."""

import pytest
from django.db import IntegrityError, transaction

from harken.contacts.models import Contact, Identity
from harken.lib import rows
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


def test_inserted_rows_know_what_the_database_gave_them():
    workspace = make_workspace()
    ann, olga = Contact(workspace=workspace, name="Ann"), Contact(workspace=workspace, name="Olga")

    rows.insert(ann, olga)

    assert [ann, olga] == list(Contact.objects.order_by("id"))
    assert ann.created_at == Contact.objects.get(name="Ann").created_at


def test_a_row_found_is_the_row_as_django_finds_it():
    contact = Contact.objects.create(workspace=make_workspace(), name="Ann")

    (found,) = rows.found(Contact, "name = %s", ["Ann"])

    assert vars(found) | {"_state": None} == vars(Contact.objects.get()) | {"_state": None}
    assert rows.only(Contact, contact.pk) == contact
    assert rows.first(Contact, "name = %s", ["Mallory"]) is None


def test_only_the_named_fields_are_written():
    contact = Contact.objects.create(workspace=make_workspace(), name="Ann")
    contact.name, contact.sort_key = "Ann Baker", "changed"

    rows.update(contact, "name")

    contact.refresh_from_db()
    assert (contact.name, contact.sort_key) == ("Ann Baker", "ann")


def test_a_second_row_of_a_kind_that_must_be_unique_is_left_out():
    contact = Contact.objects.create(workspace=make_workspace())
    first = Identity(workspace=contact.workspace, contact=contact, address="ann@crumb.example")
    second = Identity(workspace=contact.workspace, contact=contact, address="ann@crumb.example")

    assert rows.insert_new(first)
    assert not rows.insert_new(second)
    assert second.pk is None


def test_what_the_database_refuses_is_an_error_of_django():
    contact = Contact.objects.create(workspace=make_workspace())
    twin = {"workspace": contact.workspace, "contact": contact, "address": "ann@crumb.example"}

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(Identity(**twin), Identity(**twin))


def test_a_statement_asked_often_gives_the_same():
    contact = Contact.objects.create(workspace=make_workspace(), name="Ann")

    assert {rows.only(Contact, contact.pk).name for _ in range(12)} == {"Ann"}

"""By what lists find answers to own fields: rows that follow the answers, by whatever way they were written."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.contacts.changing import change
from harken.contacts.factories import make_company, make_contact
from harken.contacts.merging import merge, take_back
from harken.contacts.models import CompanyAnswer, Contact, ContactAnswer
from harken.contacts.models.answer import values_of
from harken.lib import rows
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

ANSWERS = {
    "level": "gold",
    "knows": ["rye", "spelt"],
    "ovens": 12.5,
    "dust": -0.0000001,
    "shops": 3,
    "insured": False,
    "story": "long " * 200,
}


@pytest.fixture
def olga() -> Agent:
    return make_agent()


def found_of(contact: Contact) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for answer in ContactAnswer.objects.filter(contact=contact).order_by("key", "value"):
        found.setdefault(answer.key, []).append(answer.value)
    return found


def test_every_kind_of_answer_is_found_as_it_is_asked_for(olga):
    ann = make_contact(olga.workspace, name="Ann", fields=ANSWERS)

    assert found_of(ann) == {key: values_of(answer) for key, answer in ANSWERS.items()}


def test_what_is_answered_otherwise_is_found_otherwise(olga):
    ann = make_contact(olga.workspace, name="Ann", fields={"level": "gold", "shops": 3})

    change(ann, {"fields": {"level": "tin"}}, by=olga)
    assert found_of(ann) == {"level": ["tin"]}

    Contact.objects.filter(pk=ann.pk).update(fields={"level": "iron"})
    assert found_of(ann) == {"level": ["iron"]}

    Contact.objects.filter(pk=ann.pk).update(fields={})
    assert found_of(ann) == {}


def test_rows_that_are_inserted_by_hand_are_found(olga):
    rows.insert(Contact(workspace=olga.workspace, name="Ann", fields={"level": "gold"}))

    assert found_of(Contact.objects.get()) == {"level": ["gold"]}


def test_merged_people_are_found_by_what_both_answered(olga):
    ann = make_contact(olga.workspace, name="Ann", fields={"level": "gold"})
    bob = make_contact(olga.workspace, "bob@rye.example", "Bob", fields={"shops": 3})

    merged = merge(ann, into=bob, by=olga)
    assert found_of(bob) == {"level": ["gold"], "shops": ["3"]}

    take_back(merged, by=olga)
    assert found_of(bob) == {"shops": ["3"]}


def test_what_is_gone_is_found_no_longer(olga):
    make_company(olga.workspace, fields=ANSWERS).delete()

    assert not CompanyAnswer.objects.exists()


def test_what_was_answered_before_there_were_such_rows_is_found(olga):
    ann = make_contact(olga.workspace, name="Ann", fields=ANSWERS)
    found = found_of(ann)
    ContactAnswer.objects.all().delete()

    with connection.schema_editor() as editor:
        import_module("harken.contacts.migrations.0008_find_what_was_answered_before").fill(apps, editor)
    wall.enter(olga.workspace_id)

    assert found_of(ann) == found

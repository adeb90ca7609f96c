"""Finding by a workspace's own states, areas and fields."""

import pytest

from harken.fields import listing
from harken.fields.factories import make_field
from harken.search.find import find
from harken.search.tests.asking import found_by, index
from harken.tickets.factories import make_ticket
from harken.tickets.models import Area, OwnState
from harken.tickets.own_names import answer_fields, put_in_area, put_into

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed(olga):
    """Two tickets that differ in everything that is the workspace's own."""
    make_field(olga, "Order no")
    make_field(olga, "Insured", kind="yes_no")
    make_field(olga, "Parts", kind="several_of", options=["Oven door", "Lid"])
    oven = make_ticket(olga.workspace, "ann@crumb.example", subject="Oven")
    make_ticket(olga.workspace, "bob@jam.example", subject="Jam")
    answer_fields(oven, {"order_no": "A-17 b", "insured": "no", "parts": ["Oven door", "Lid"]}, by=olga)
    put_in_area(oven, listing.add(Area(name="Ovens and tills"), by=olga), by=olga)
    put_into(oven, listing.add(OwnState(name="With the supplier", kind="waiting"), by=olga), by=olga)
    index(olga)


@pytest.mark.parametrize(
    "question",
    [
        'state:"with the supplier"',
        'area:"ovens and tills"',
        'field.order_no:"a-17 B"',
        "field.insured:no",
        'field.parts:"oven door"',
        "field.parts:lid oven",
        "-field.insured:yes area:nowhere -area:x field.insured:no",
    ],
)
def test_filters_know_what_is_ours(olga, mixed, question):
    expected = [] if "nowhere" in question else ["Oven"]
    assert found_by(olga, question) == expected


def test_what_is_not_ours_is_left_out_by_not(olga, mixed):
    assert found_by(olga, "-field.insured:no") == ["Jam"]
    assert found_by(olga, '-area:"Ovens and tills"') == ["Jam"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("field.colour:red", "There is no field “colour”"),
        ("field.insured:perhaps", "neither yes nor no"),
        ("area:nowhere", "There is no area “nowhere”"),
        ("state:nowhere", "There is no state “nowhere”"),
    ],
)
def test_what_nobody_knows_is_said(olga, mixed, question, words):
    found = find(olga, question)

    assert not found.hits
    assert any(words in notice for notice in found.notices)

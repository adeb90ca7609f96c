"""A workspace's own lists: kept in order, and nothing of them thrown away."""

import pytest

from harken.agents.models import Agent
from harken.events.models import Event
from harken.fields import listing
from harken.fields.defining import add_field, change_field, with_options
from harken.fields.errors import (
    ChangedMeanwhile,
    FieldsError,
    NameArchived,
    NameMissing,
    NameTaken,
    OptionsMissing,
    TooMany,
    TooManyOptions,
)
from harken.fields.factories import make_field
from harken.fields.models import Field


def names(agent: Agent) -> list[str]:
    return [field.name for field in Field.objects.visible_to(agent).living().in_order()]


def test_a_field_goes_to_the_end_and_moves_by_one(olga: Agent):
    for name in ("Order", "Plan", "Region"):
        make_field(olga, name)
    region = Field.objects.get(name="Region")

    assert listing.move(region, up=True, by=olga)
    assert names(olga) == ["Order", "Region", "Plan"]
    assert not listing.move(Field.objects.get(name="Plan"), up=False, by=olga)


def test_the_archive_keeps_a_field_and_gives_it_back(olga: Agent):
    order, _plan = make_field(olga, "Order"), make_field(olga, "Plan")

    listing.archive(order, by=olga)
    listing.archive(order, by=olga)
    assert names(olga) == ["Plan"]

    listing.bring_back(order, by=olga)
    assert names(olga) == ["Plan", "Order"]
    told = Event.objects.filter(about_type__endswith="field").order_by("id").values_list("type", flat=True)
    assert list(told)[2:] == ["field.archived", "field.brought_back"]


@pytest.mark.parametrize(
    ("name", "refusal"),
    [(" \u200f", NameMissing), ("ORDER", NameTaken), ("region", NameArchived)],
)
def test_a_name_is_there_can_be_seen_and_stands_once(olga: Agent, name: str, refusal: type[FieldsError]):
    make_field(olga, "Order")
    listing.archive(make_field(olga, "Region"), by=olga)

    with pytest.raises(refusal):
        make_field(olga, name)


def test_one_name_may_stand_on_tickets_and_on_people(olga: Agent):
    make_field(olga, "Region")
    make_field(olga, "Region", about=Field.About.CONTACT)

    assert Field.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Order number!", "order_number"),
        ("Заказ", "field_1"),
        ("2nd line", "field_2nd_line"),
        ("x" * 90, "x" * 36),
    ],
)
def test_a_field_has_a_key_that_other_programs_can_write(olga: Agent, name: str, key: str):
    assert make_field(olga, name).key == key


def test_a_key_stays_when_the_name_changes_and_is_given_to_no_other(olga: Agent):
    order = make_field(olga, "Order")
    change_field(order, by=olga, name="Purchase")

    assert make_field(olga, "Order").key == "order_1"
    order.refresh_from_db()
    assert (order.name, order.key) == ("Purchase", "order")


def test_the_second_of_two_who_change_it_is_told(olga: Agent):
    order = make_field(olga, "Order")
    change_field(order, by=olga, name="Purchase", seen=0)

    with pytest.raises(ChangedMeanwhile) as refusal:
        change_field(order, by=olga, name="Invoice", seen=0)

    assert refusal.value.row.name == "Purchase"


def test_a_choice_needs_something_to_choose_from_and_not_too_much(olga: Agent):
    with pytest.raises(OptionsMissing):
        make_field(olga, kind=Field.Kind.ONE_OF, options=[" ", "\u200f"])
    with pytest.raises(TooManyOptions):
        make_field(olga, kind=Field.Kind.ONE_OF, options=[f"Option {at}" for at in range(101)])
    assert not Field.objects.exists()


def test_the_same_option_twice_is_one_and_one_that_was_gone_is_the_old_one_again():
    once = with_options([], ["Gold", "gold", "Silver"])
    gone = with_options(once, [], names={"gold": ""})

    again = with_options(gone, ["GOLD"])

    assert [option["key"] for option in once] == ["gold", "silver"]
    assert gone[0]["gone"]
    assert again[0] == {"key": "gold", "name": "Gold"}


def test_a_list_has_an_end(olga: Agent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Field, "most", 2)
    first = make_field(olga, "One")
    make_field(olga, "Two")

    with pytest.raises(TooMany):
        add_field("Three", about="ticket", kind="text", by=olga)
    listing.archive(first, by=olga)
    make_field(olga, "Three")
    with pytest.raises(TooMany):
        listing.bring_back(first, by=olga)

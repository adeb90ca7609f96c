"""What is taken for an answer to a field, what is not and why, and how it is said."""

from typing import Any

import pytest

from harken.agents.models import Agent
from harken.fields.answers import answers_to, as_typed, changed, checked, fields_about, found_by
from harken.fields.defining import change_field, with_options
from harken.fields.errors import Unfit, UnknownField
from harken.fields.factories import make_field
from harken.fields.models import Field

Kind = Field.Kind
PLANS = ("Gold", "Серебро", "銅")


def field(kind: str, options: tuple[str, ...] = ()) -> Field:
    return Field(name="Plan", key="plan", kind=kind, options=with_options([], options) if options else [])


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        (Kind.TEXT, "  A-17\t\n4 ", "A-17 4"),
        (Kind.TEXT, "\u200e\u200f \u2066", None),
        (Kind.TEXT, "<script>alert(1)</script>", "<script>alert(1)</script>"),
        (Kind.TEXT, 42, "42"),
        (Kind.LONG_TEXT, "one\r\ntwo\0", "one\ntwo"),
        (Kind.LONG_TEXT, "\u200e\n \u200f", None),
        (Kind.NUMBER, "1 234,50", 1234.5),
        (Kind.NUMBER, "-12", -12),
        (Kind.NUMBER, "٤٢", 42),
        (Kind.NUMBER, 0.25, 0.25),
        (Kind.NUMBER, "0", 0),
        (Kind.NUMBER, "100", 100),
        (Kind.DATE, "2026-2-3", "2026-02-03"),
        (Kind.DATE, "29.02.2028", "2028-02-29"),
        (Kind.YES_NO, "no", False),
        (Kind.YES_NO, True, True),
        (Kind.ONE_OF, "gold", "gold"),
        (Kind.ONE_OF, "серебро", "option_1"),
        (Kind.SEVERAL_OF, ["銅", "Gold"], ["gold", "option_2"]),
        (Kind.SEVERAL_OF, "Gold; 銅", ["gold", "option_2"]),
        (Kind.SEVERAL_OF, [], None),
        (Kind.NUMBER, "", None),
    ],
)
def test_an_answer_is_kept_as_its_kind_wants_it(kind: str, said: Any, kept: Any):
    assert checked(field(kind, PLANS), said) == kept


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        (Kind.TEXT, "x" * 10_000, "longer than 500 characters"),
        (Kind.TEXT, ["a"], "not what this field takes"),
        (Kind.LONG_TEXT, "x" * 20_001, "longer than 20000 characters"),
        (Kind.NUMBER, "12 pieces", "no number"),
        (Kind.NUMBER, "NaN", "no number"),
        (Kind.NUMBER, "1e9", "no number"),
        (Kind.NUMBER, "1.2.3", "no number"),
        (Kind.NUMBER, "9" * 16, "more than 15 digits"),
        (Kind.NUMBER, True, "not what this field takes"),
        (Kind.DATE, "31.02.2026", "no day"),
        (Kind.DATE, "2026-13-01", "no day"),
        (Kind.DATE, "tomorrow", "no day"),
        (Kind.DATE, "99999-01-01", "no day"),
        (Kind.YES_NO, "perhaps", "neither yes nor no"),
        (Kind.ONE_OF, "Platinum", "There is: Gold, Серебро, 銅"),
        (Kind.SEVERAL_OF, ["gold", "Platinum"], "to choose"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_name_of_the_field_and_a_reason(
    kind: str, said: Any, words: str
):
    with pytest.raises(Unfit) as refusal:
        checked(field(kind, PLANS), said)

    assert str(refusal.value).startswith("Plan: ")
    assert words in str(refusal.value)


def test_an_option_that_is_gone_stays_where_it_stands_and_can_be_chosen_nowhere_else(olga: Agent):
    plan = make_field(olga, "Plan", kind=Kind.ONE_OF, options=["Gold", "Silver"])
    change_field(plan, by=olga, name="Plan", options=with_options(plan.options, [], names={"gold": " "}))
    plan.refresh_from_db()

    kept = changed([plan], {"plan": "gold"}, {"plan": "gold"})

    assert kept == {"plan": "gold"}
    assert [answer.words for answer in answers_to([plan], kept)] == ["Gold"]
    with pytest.raises(Unfit, match="cannot be chosen any more"):
        changed([plan], {}, {"plan": "Gold"})


def test_an_option_by_another_name_is_the_same_answer(olga: Agent):
    plan = make_field(olga, "Plan", kind=Kind.ONE_OF, options=["Gold", "Silver"])

    change_field(
        plan, by=olga, name="Plan", options=with_options(plan.options, [], names={"gold": "Premium"})
    )

    plan.refresh_from_db()
    assert answers_to([plan], {"plan": "gold"})[0].words == "Premium"


def test_only_what_is_given_changes_and_nothing_takes_away(olga: Agent):
    order, plan = make_field(olga, "Order"), make_field(olga, "Plan")

    kept = changed([order, plan], {"order": "1", "plan": "Gold"}, {"order": ""})

    assert kept == {"plan": "Gold"}
    with pytest.raises(UnknownField, match="colour"):
        changed([order, plan], {}, {"colour": "red"})


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.NUMBER, "1234.5"),
        (Kind.DATE, "2026-11-22"),
        (Kind.YES_NO, "no"),
        (Kind.ONE_OF, "銅"),
        (Kind.SEVERAL_OF, "Gold; 銅"),
    ],
)
def test_an_answer_can_be_typed_again_as_it_was_written_out(kind: str, said: str):
    asked = field(kind, PLANS)
    kept = checked(asked, said)

    assert checked(asked, as_typed(asked, kept)) == kept


def test_answers_are_found_folded_and_short():
    assert found_by(field(Kind.TEXT), "Crumb & Co") == ["crumb & co"]
    assert len(found_by(field(Kind.LONG_TEXT), "x" * 5000)[0]) <= 200
    assert found_by(field(Kind.SEVERAL_OF, PLANS), ["gold", "option_1"]) == ["gold", "option_1"]
    assert found_by(field(Kind.YES_NO), False) == ["no"]


def test_what_is_switched_off_or_archived_is_asked_of_nobody(olga: Agent):
    kept = make_field(olga, "Order")
    make_field(olga, "Old", about=Field.About.CONTACT)

    assert fields_about(olga.workspace, Field.About.TICKET) == [kept]

    olga.workspace.switch("customising", on=False)
    assert fields_about(olga.workspace, Field.About.TICKET) == []

import pytest

from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent
from harken.tickets.mentions import mentioned_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Agent:
    return make_agent()


def colleague(olga: Agent, name: str) -> Agent:
    return make_agent(olga.workspace, user=make_user(name=name))


@pytest.mark.parametrize(
    "text",
    ["@Kim Ito", "@Kim!", "look, @kim ITO!", "(@Kim\u00a0Ito)", "…\n@Kim Ito, and @Kim Ito again"],
    ids=["alone", "first name", "other case", "fixed blank", "twice"],
)
def test_a_colleague_is_called_by_the_whole_name(olga: Agent, text: str):
    kim = colleague(olga, "Kim Ito")

    assert mentioned_in(text, by=olga) == [kim]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("İbrahim Kaya", "@ibrahim, look"),
        ("Igor Ilin", "@İGOR ILIN"),
        ("Işık Su", "@ışık su"),
        ("Ilgaz Tok", "@ılgaz"),
    ],
)
def test_i_with_and_without_a_dot_are_one_letter(olga: Agent, name: str, text: str):
    named = colleague(olga, name)

    assert mentioned_in(text, by=olga) == [named]


@pytest.mark.parametrize(
    "text",
    ["Kim Ito", "@Ki", "@Ito", "@Kims", "mail@Kim Ito", "@@Kim Ito", "@Olga Petrova", "@", "@" * 100_000],
    ids=["no @", "half", "family name", "another", "address", "two @", "oneself", "bare", "many"],
)
def test_nobody_is_called_by_less(olga: Agent, text: str):
    colleague(olga, "Kim Ito")

    assert mentioned_in(text, by=olga) == []


def test_the_longer_name_is_meant_and_scripts_without_blanks_need_none(olga: Agent):
    colleague(olga, "Ann")
    ann_lee, yamada = colleague(olga, "Ann Lee"), colleague(olga, "山田")

    assert mentioned_in("@Ann Lee @山田さん", by=olga) == [ann_lee, yamada]


def test_a_first_name_of_two_says_nothing(olga: Agent):
    colleague(olga, "Kim Ito")
    colleague(olga, "Kim Lee")

    assert mentioned_in("@Kim @Kim", by=olga) == []


def test_both_of_one_name_are_meant_and_nobody_who_left(olga: Agent):
    both = [colleague(olga, "Kim"), colleague(olga, "Kim")]
    colleague(olga, "Bo").deactivate(by=olga)

    assert set(mentioned_in("@Kim @Bo", by=olga)) == set(both)

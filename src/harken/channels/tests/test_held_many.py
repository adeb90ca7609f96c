"""Several held letters are judged at once, and that is taken back."""

import pytest
from django.test import Client
from selectolax.lexbor import LexborHTMLParser

from harken.agents.factories import make_agent
from harken.channels.arriving.rejudge import CannotJudge, hold_again, open_as_request, try_again
from harken.channels.factories import make_channel
from harken.channels.models import Arrival
from harken.channels.tests.letters import arrive, letter
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    workspace = make_workspace(slug="fennel")
    make_channel(workspace)
    return make_agent(workspace, email="olga@fennel.example", role="owner")


@pytest.fixture
def desk(olga):
    client = Client()
    client.force_login(olga.user)
    return client


@pytest.fixture
def held(olga, monkeypatch):
    """Two letters that nothing could be made of."""
    monkeypatch.setattr("harken.channels.arriving.receive.MOST_ATTEMPTS", 0)
    return [arrive(letter(f"Words {at}.", subject=f"Letter {at}")) for at in range(2)]


def judge(desk, held, verdict):
    answer = desk.post("/fennel/held/judgements/", {"verdict": verdict, "letter": [each.pk for each in held]})
    wall.enter(held[0].workspace_id)
    return LexborHTMLParser(answer.content.decode()), answer.status_code


def states(held):
    return [Arrival.objects.get(pk=each.pk).state for each in held]


@pytest.mark.parametrize(
    ("verdict", "becomes"), [("spam", "spam"), ("lie", "held"), ("open", "opened"), ("again", "received")]
)
def test_the_chosen_ones_are_judged_at_once(desk, held, verdict, becomes):
    page, status = judge(desk, held, verdict)

    assert (status, states(held)) == (200, [becomes] * 2)
    assert page.css_first(".held-done span").text().startswith("2 letters ")
    assert not Arrival.objects.to_judge().exists()


@pytest.mark.parametrize("verdict", ["spam", "lie"])
def test_it_is_taken_back_by_one_press(desk, olga, held, verdict):
    reasons = [each.reason for each in Arrival.objects.order_by("pk")]
    page, _status = judge(desk, held, verdict)
    form = page.css_first(".held-done form")
    letters = [each.attributes["value"] for each in form.css("[name=letter]")]

    desk.post(form.attributes["action"], {"verdict": "hold", "letter": letters})

    wall.enter(olga.workspace_id)
    assert Arrival.objects.to_judge().count() == 2
    assert [each.reason for each in Arrival.objects.order_by("pk")] == reasons


def test_what_somebody_else_decided_stays(desk, olga, held):
    open_as_request(held[0], by=olga)

    page, _status = judge(desk, held, "spam")

    assert states(held) == ["opened", "spam"]
    assert "1 letter is kept as spam. Somebody else decided" in page.css_first(".held-done").text()


@pytest.mark.parametrize("letters", [[], ["x"], ["9" * 30], ["7"]])
def test_nothing_chosen_is_said(desk, held, letters):
    answer = desk.post("/fennel/held/judgements/", {"verdict": "spam", "letter": letters})

    assert answer.status_code == 422
    assert "choose the letters first" in answer.text


def test_a_verdict_that_is_none_changes_nothing(desk, held):
    assert judge(desk, held, "burn")[1] == 422
    assert states(held) == ["held"] * 2


def test_only_a_persons_word_is_taken_back(olga, held):
    try_again(held[0], by=olga)

    with pytest.raises(CannotJudge):
        hold_again(held[0], by=olga)
    Arrival.objects.filter(pk=held[1].pk).update(state="spam")
    with pytest.raises(CannotJudge):
        hold_again(held[1], by=olga)


def test_a_stranger_judges_nothing(held):
    mallory = make_agent()
    client = Client()
    client.force_login(mallory.user)

    answer = client.post(
        f"/{mallory.workspace.slug}/held/judgements/",
        {"verdict": "spam", "letter": [each.pk for each in held]},
    )

    assert answer.status_code == 422
    wall.enter(held[0].workspace_id)
    assert states(held) == ["held"] * 2

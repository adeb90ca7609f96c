from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.automations.errors import NoShortcut, NothingToCallIt, NothingToSay, ShortcutTaken, TooLong
from harken.automations.factories import make_reply
from harken.automations.finding import replies_for
from harken.automations.models import SavedReply
from harken.automations.saved_replies import (
    Wording,
    bring_back,
    change_reply,
    keep_reply,
    note_use,
    remove_reply,
)
from harken.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Agent:
    return make_agent()


@pytest.fixture
def kim(olga: Agent) -> Agent:
    return make_agent(olga.workspace, "kim@fennel.example")


def test_the_words_of_a_reply_are_those_of_its_form(olga: Agent):
    html = (
        '<p style="color:red">Hello <b>Ann</b></p><img src="https://evil.example/x"><script>alert(1)</script>'
    )

    reply = keep_reply(Wording("Greeting", "something else", html), by=olga)

    assert (reply.text, reply.html) == ("Hello Ann", "<p>Hello <b>Ann</b></p>")


@pytest.mark.parametrize(
    ("wording", "refusal"),
    [
        (Wording("  ", "Thanks"), NothingToCallIt),
        (Wording("\u200f\u202e", "Thanks"), NothingToCallIt),
        (Wording("Thanks", " \n\0 "), NothingToSay),
        (Wording("Thanks", html="<p> </p>"), NothingToSay),
        (Wording("Thanks", "word " * 20_000), TooLong),
        (Wording("Thanks", "Thank you", shortcut="two words"), NoShortcut),
        (Wording("Thanks", "Thank you", shortcut="x" * 41), NoShortcut),
        (Wording("Thanks", "Thank you", shortcut="a/b"), NoShortcut),
    ],
    ids=["blank", "marks", "no words", "empty form", "long", "two words", "long shortcut", "slash"],
)
def test_what_could_not_be_used_is_refused(olga: Agent, wording: Wording, refusal: type[Exception]):
    with pytest.raises(refusal):
        keep_reply(wording, by=olga)

    assert not SavedReply.objects.exists()


def test_a_shortcut_is_one_word_and_leads_to_one_reply(olga: Agent, kim: Agent):
    reply = make_reply(olga, shortcut=" /Thanks ")
    own = make_reply(kim, shortcut="thanks", is_shared=False)

    with pytest.raises(ShortcutTaken):
        make_reply(kim, "Other", shortcut="THANKS")
    with pytest.raises(ShortcutTaken):
        make_reply(kim, "Other", shortcut="thanks", is_shared=False)

    assert (reply.shortcut, own.shortcut, SavedReply.objects.count()) == ("thanks", "thanks", 2)


def test_ones_own_are_for_oneself_and_nobody_elses_eyes(olga: Agent, kim: Agent):
    own, shared = make_reply(kim, "Own", is_shared=False), make_reply(kim, "Shared")

    assert set(SavedReply.objects.visible_to(olga)) == {shared}
    assert set(SavedReply.objects.visible_to(kim)) == {own, shared}


def test_who_stops_sharing_one_keeps_it(olga: Agent, kim: Agent):
    reply = make_reply(kim)

    change_reply(reply, Wording("Thanks", "Thank you", is_shared=False), by=olga)

    assert list(SavedReply.objects.visible_to(olga)) == [reply]
    assert not SavedReply.objects.visible_to(kim).exists()


def test_a_removed_one_is_brought_back_within_a_day(olga: Agent):
    reply = make_reply(olga, shortcut="thanks")
    remove_reply(reply, by=olga)
    remove_reply(reply, by=olga)
    taken = make_reply(olga, "Thanks again", shortcut="thanks")

    bring_back(reply, by=olga)
    bring_back(reply, by=olga)

    assert (reply.shortcut, taken.shortcut) == ("", "thanks")
    assert replies_for(olga) == [reply, taken]
    told = Event.objects.filter(about_id=reply.pk, type__startswith="saved_reply").order_by("id")
    assert [each.type for each in told] == [
        "saved_reply.kept",
        "saved_reply.removed",
        "saved_reply.brought_back",
    ]


def test_what_was_removed_long_ago_goes_for_good(olga: Agent):
    old, reply = make_reply(olga, "Old"), make_reply(olga)
    remove_reply(old, by=olga)
    SavedReply.objects.filter(pk=old.pk).update(removed_at=timezone.now() - timedelta(days=2))

    remove_reply(reply, by=olga)

    assert list(SavedReply.objects.all()) == [reply]


def test_the_shortcut_comes_before_the_name_and_that_before_the_words(olga: Agent):
    words = make_reply(olga, "Opening hours", "We call you back.")
    name = make_reply(olga, "We call back", "Soon.")
    begins = make_reply(olga, "Call me", "Ring us.")
    short = make_reply(olga, "Phone", "Ring us.", shortcut="callback")
    make_reply(olga, "Thanks")

    assert replies_for(olga, "call") == [short, begins, name, words]
    assert replies_for(olga, "%") == []
    assert replies_for(olga, "\0") == replies_for(olga)


def test_the_most_used_are_offered_first(olga: Agent):
    replies = [make_reply(olga, f"Reply {number}") for number in range(10)]
    note_use(replies[9])
    note_use(replies[9])
    note_use(replies[4])

    offered = replies_for(olga)

    assert offered[:3] == [replies[9], replies[4], replies[0]]
    assert (len(offered), offered[0].uses) == (8, 2)

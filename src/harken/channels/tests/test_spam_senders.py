"""A colleague calls a request spam: later letters of its sender are taken for spam, until that is taken back."""

import pytest

from harken.agents.factories import make_agent
from harken.channels.arriving import rejudge
from harken.channels.factories import make_channel
from harken.channels.models import Arrival, Mailbox, SpamSender
from harken.channels.tests.letters import arrive, letter
from harken.contacts.models import Identity
from harken.events.models import Event
from harken.tickets.models import Ticket, Words
from harken.tickets.undo import undo

pytestmark = pytest.mark.django_db

SPAMMER = "win@prizes.example"


@pytest.fixture
def olga():
    agent = make_agent()
    make_channel(agent.workspace)
    Mailbox.objects.update(trusts_results_of="mx.fennel.example")
    return agent


@pytest.fixture
def spam(olga):
    """A request that Olga has called spam."""
    ticket = arrive(letter("You won!", sender=SPAMMER)).ticket
    ticket.call_spam(by=olga)
    return Ticket.objects.get(pk=ticket.pk)


def test_later_letters_of_the_sender_are_spam_and_the_ledger_says_why(spam, olga):
    arrival = arrive(letter("You won again!", sender="WIN@Prizes.example"))

    assert (arrival.state, arrival.rule, arrival.ticket) == ("spam", "spam-sender", None)
    assert arrival.reason == (
        f"{olga.name} called a request of {SPAMMER} spam ({spam.short_number}):"
        " letters from there are taken for spam."
    )
    assert arrive(letter(sender="ann@crumb.example")).state == "opened"


def test_an_answer_to_the_spam_itself_is_spam_too(spam):
    before = spam.messages.get().external_id

    assert arrive(letter("Still here?", sender=SPAMMER, In_Reply_To=f"<{before}>")).state == "spam"


@pytest.mark.parametrize("back", ["undo", "welcome"])
def test_taking_it_back_opens_the_request_and_lets_letters_in(spam, olga, back):
    if back == "undo":
        undo(_called_spam(), by=olga)
    else:
        spam.call_welcome(by=olga)

    assert arrive(letter("Really, you won!", sender=SPAMMER)).state == "opened"
    assert Ticket.objects.get(pk=spam.pk).is_our_turn


def _called_spam():
    return Event.objects.get(type="ticket.called_spam")


def test_who_was_welcome_before_is_so_again(olga):
    ticket = arrive(letter("You won!", sender=SPAMMER)).ticket
    identity = Identity.objects.get(address=SPAMMER)
    identity.welcome()

    ticket.call_spam(by=olga)
    identity.refresh_from_db()
    was_welcome = identity.is_welcome
    undo(_called_spam(), by=olga)
    identity.refresh_from_db()

    assert (was_welcome, identity.is_welcome) == (False, True)


def test_an_answer_in_another_conversation_of_theirs_comes_through(spam, olga):
    other = Ticket.open_for(Identity.objects.get(address=SPAMMER), "Bread", Words("Bread, please."))
    answer = other.reply(Words("Coming."), by=olga, seen_up_to=1)
    answer.refresh_from_db()

    arrival = arrive(letter("Thanks", sender=SPAMMER, In_Reply_To=f"<{answer.external_id}>"))

    assert (arrival.state, arrival.ticket) == ("joined", other)


def test_whose_name_was_forged_is_not_held_to_blame(olga):
    check = "mx.fennel.example; dmarc=fail header.from=crumb.example"
    forged = arrive(letter("You won!", sender="ann@crumb.example", Authentication_Results=check)).ticket

    forged.call_spam(by=olga)

    assert not SpamSender.objects.exists()
    assert arrive(letter("Where is my bread?", sender="ann@crumb.example")).state == "opened"


def test_a_colleagues_own_address_is_never_learnt(olga):
    internal = Ticket.open_for(
        Identity.objects.create(
            workspace=olga.workspace,
            contact=arrive(letter()).ticket.requester,
            address=olga.user.email,
        ),
        "Note to self",
        Words("Hm."),
    )

    internal.call_spam(by=olga)

    assert not SpamSender.objects.filter(address=olga.user.email).exists()


def test_opening_one_from_the_ledger_forgives_the_sender(spam, olga):
    arrival = arrive(letter("You won again!", sender=SPAMMER))

    opened = rejudge.open_as_request(arrival, by=olga)

    assert opened.state == Arrival.State.OPENED
    assert not SpamSender.objects.exists()
    assert arrive(letter("And again!", sender=SPAMMER)).state == "opened"

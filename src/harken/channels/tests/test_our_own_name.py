"""Letters from our own mailbox that are not ours: forms on websites, and lists that write in their own name."""

import pytest

from harken.agents.factories import make_agent
from harken.channels.arriving import rejudge
from harken.channels.factories import make_channel
from harken.channels.models import Arrival, Mailbox
from harken.channels.proof.sender_words import sentences
from harken.channels.tests.letters import arrive, letter
from harken.contacts.models import Identity
from harken.tickets.models import Message, Words
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

HELP = "help@fennel.example"


@pytest.fixture
def workspace():
    made = make_workspace(slug="fennel")
    make_channel(made, address=HELP)
    Mailbox.objects.update(trusts_results_of="mx.fennel.example")
    return made


def form(text="I want to order.", *, asks="Jane Doe <jane@crumb.example>", check="pass", **headers):
    results = f"mx.fennel.example; dmarc={check} header.from=fennel.example"
    return letter(text, sender=f"Website <{HELP}>", Reply_To=asks, Authentication_Results=results, **headers)


def test_what_a_form_sends_as_the_mailbox_is_the_request_of_whoever_filled_it_in(workspace):
    arrival = arrive(form())

    ticket = arrival.ticket
    assert (arrival.state, arrival.sender) == ("opened", HELP)
    assert (ticket.requester.name, arrival.message.author_address) == ("Jane Doe", "jane@crumb.example")
    assert ticket.reply_addresses == ["jane@crumb.example"]


def test_our_own_name_proves_nothing_of_theirs(workspace):
    message = arrive(form()).message

    assert message.sender_check == "unverified"
    assert sentences(message.sender_evidence) == [
        f"It came in our own name, from {HELP}, as the form on a website sends it."
        " Nothing proves who filled that in."
    ]
    assert arrive(form("Cake?", check="fail")).message.sender_check == "failed"


def test_an_address_typed_into_a_form_is_not_alive_by_that(workspace):
    arrive(letter(sender="jane@crumb.example"))
    Identity.objects.update(health="gone")

    arrive(form())

    assert Identity.objects.get(address="jane@crumb.example").health == "gone"


@pytest.mark.parametrize(
    ("asks", "whose"),
    [
        (f"{HELP}, jane@crumb.example", "jane@crumb.example"),
        (HELP, HELP),
        ("Desk <help+abc@fennel.example>", HELP),
        ("no-reply@fennel.example", HELP),
        ("a@b.example, b@b.example, c@b.example, d@b.example", HELP),
        ("jane", HELP),
    ],
)
def test_only_a_sane_address_of_somebody_else_is_the_writers(workspace, asks, whose):
    arrival = arrive(form(asks=asks))

    assert (arrival.state, arrival.message.author_address) == ("opened", whose)


def test_without_a_reply_to_it_is_a_request_of_the_mailbox(workspace):
    arrival = arrive(letter(sender=HELP))

    assert (arrival.state, arrival.message.author_address) == ("opened", HELP)


def test_a_form_lets_nobody_into_a_request_of_others(workspace):
    ann = arrive(letter(Message_ID="<ann@crumb.example>"))

    arrival = arrive(form(answers="ann@crumb.example"))

    assert (arrival.state, arrival.rule) == ("opened", "stranger")
    assert arrival.ticket != ann.ticket


def test_a_colleagues_address_in_a_form_answers_no_customer(workspace):
    olga = make_agent(workspace, "olga@fennel.example")
    ann = arrive(letter(Message_ID="<ann@crumb.example>"))

    arrive(form("Send me the money.", asks=olga.email, answers="ann@crumb.example"))

    assert not Message.objects.filter(kind="reply").exists()
    assert ann.ticket.messages.count() == 1


def test_nobody_is_acknowledged_for_an_address_typed_into_a_form(workspace):
    Mailbox.objects.update(acknowledges=True)

    arrive(form())

    assert not Message.objects.filter(kind="notice").exists()


def test_two_forms_of_two_people_are_no_loop(workspace):
    arrive(form())
    olga = make_agent(workspace)
    for number in range(12):
        arrival = arrive(form(asks=f"jane{number}@crumb.example"))
        assert (arrival.state, arrival.ticket.requester.identities.get().address) == (
            "opened",
            f"jane{number}@crumb.example",
        )
    arrival.ticket.reply(Words("Gladly."), by=olga, seen_up_to=1)


def test_a_form_in_the_spam_folder_is_opened_for_whoever_filled_it_in(workspace):
    spam = arrive(form(X_Spam_Flag="YES"))
    assert spam.state == "spam"

    opened = rejudge.open_as_request(Arrival.objects.get(pk=spam.pk), by=make_agent(workspace))

    assert opened.message.author_address == "jane@crumb.example"
    assert Identity.objects.get(address="jane@crumb.example").is_welcome
    assert opened.message.sender_check == "unverified"

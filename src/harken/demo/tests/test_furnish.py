from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from harken.agents import links
from harken.agents.models import Agent, OneTimeLink
from harken.channels.models import Arrival, Channel, Delivery
from harken.contacts.models import Company, Contact, Identity
from harken.demo.furnish import furnish, sign_in_links
from harken.demo.naming import AREAS
from harken.events.models import Event
from harken.fields.answers import answers_to
from harken.fields.models import Field
from harken.lib.addresses import domain_of
from harken.tickets.models import (
    Attachment,
    Draft,
    ForeignNumber,
    Message,
    Participant,
    Ticket,
    TicketLink,
)
from harken.tickets.states import State
from harken.workspaces import wall
from harken.workspaces.models import TicketCounter, Workspace

EVERYTHING = (Ticket, Message, Participant, Attachment, Arrival, Delivery, Event, Agent)


def test_there_are_two_hundred_tickets_of_the_last_five_months(fennel):
    oldest = Ticket.objects.earliest("created_at")

    assert Ticket.objects.count() == 200
    assert timedelta(days=135) < timezone.now() - oldest.created_at < timedelta(days=165)
    assert not Message.objects.filter(created_at__gt=timezone.now()).exists()


def test_customers_write_in_five_languages(fennel):
    letters = Message.objects.filter(kind=Message.Kind.CONTACT)

    languages = Counter(letters.values_list("language", flat=True))

    assert set(languages) == {"", "ru", "ja", "ar", "yo"}
    assert min(languages.values()) >= 25


def test_furnishing_twice_gives_the_same_workspace_with_nothing_doubled_or_lost(fennel):
    before = [model.objects.count() for model in EVERYTHING]

    again = furnish()

    assert again == fennel
    assert [model.objects.count() for model in EVERYTHING] == before


def test_nothing_is_queued_and_nothing_leaves(fennel):
    assert not ProcrastinateJob.objects.exists()
    assert not mail.outbox
    assert not Delivery.objects.filter(state__in=["queued", "sending"]).exists()


def test_every_address_leads_nowhere_in_the_world(fennel):
    addresses = set(Participant.objects.values_list("address", flat=True))
    addresses |= {agent.email for agent in Agent.objects.all()} | {Channel.objects.get().address}

    assert all(domain_of(address).endswith(".example") for address in addresses)


def test_some_wait_for_us_for_minutes_and_some_for_days(fennel):
    waiting, now = Ticket.objects.waiting_for_us(), timezone.now()

    assert waiting.count() >= 20
    assert waiting.filter(waiting_since__gt=now - timedelta(minutes=10)).exists()
    assert waiting.filter(waiting_since__lt=now - timedelta(days=2)).exists()
    assert waiting.unassigned().exists()


def test_every_kind_of_end_is_there(fennel):
    states = set(Ticket.objects.values_list("state", flat=True))

    assert states == set(State.values)


def test_the_workspace_shows_its_own_words(fennel):
    tickets = Ticket.objects.all()

    assert set(tickets.exclude(own_state=None).values_list("own_state__name", flat=True)) == {
        *("With the supplier", "In development", "Fixed in the next release", "Duplicate")
    }
    assert all(each.own_state.kind == each.state for each in tickets.exclude(own_state=None))
    assert set(tickets.exclude(area=None).values_list("area__name", flat=True)) == set(AREAS)
    assert tickets.exclude(tags=None).exists()
    for about, rows in (("ticket", tickets), ("contact", Contact.objects), ("company", Company.objects)):
        fields = list(Field.objects.filter(about=about))
        answered = [answer for row in rows.exclude(fields={}) for answer in answers_to(fields, row.fields)]
        assert {answer.field.key for answer in answered if answer.words} == {field.key for field in fields}


def test_deliveries_failed_were_put_off_and_are_in_doubt_with_the_servers_words(fennel):
    states = set(Delivery.objects.values_list("state", flat=True))
    failed = Delivery.objects.filter(state="failed")

    assert states == {"sent", "failed", "deferred", "unknown"}
    assert failed.filter(words="550 5.2.2 Mailbox full").exists()
    assert failed.filter(role="cc").exists()
    assert not Delivery.objects.filter(words="").exists()
    assert set(Delivery.objects.filter(next_try_at__isnull=False).values_list("state", flat=True)) == {
        "deferred"
    }


def test_the_request_of_the_drawings_has_its_number_and_its_thread(fennel):
    ticket = Ticket.objects.get(number__endswith="00004817")

    kinds = list(ticket.messages.values_list("kind", flat=True))

    assert ticket.requester.name == "Priya Raman"
    assert ticket.assignee.name == "Maya Lindqvist"
    assert kinds == ["contact", "reply", "note", "contact"]
    assert ticket.messages.last().has_quote
    assert {file.name for file in ticket.messages.first().attachments.all()} == {
        "driver-list-saturday.png",
        "route-market-nov.pdf",
    }


def test_most_senders_are_proved_and_one_letter_is_a_forgery(fennel):
    marks = Counter(Message.objects.filter(kind="contact").values_list("sender_check", flat=True))

    assert set(marks) == {"verified", "unverified", "failed"}
    assert marks["failed"] == 1
    assert marks["verified"] > 20 * marks["unverified"]


def test_what_else_mail_brings_is_there_once(fennel):
    link, number, draft = TicketLink.objects.get(), ForeignNumber.objects.get(), Draft.objects.get()

    assert (link.ticket.requester.name, link.related.requester.name) == ("Neil Barrow", "Priya Raman")
    assert number.words == "[Case #20881]"
    assert (draft.agent.name, draft.why) == ("Maya Lindqvist", "unseen")
    assert Message.objects.get(invitation__isnull=False).author_name == "Hannah Osei"
    assert Event.objects.get(type="ticket.loop_stopped").data["address"] == "orders@aire-mill.example"


def test_signatures_are_folded_apart(fennel):
    letter = Message.objects.get(ticket__number__endswith="00004817", position=1)

    assert letter.signature.endswith("Priya Raman\nCrumb & Co\npriya@crumbandco.example")
    assert "Crumb & Co" not in letter.visible_text


def test_an_address_that_letters_come_back_from_is_marked(fennel):
    health = dict(Identity.objects.exclude(health="ok").values_list("address", "health"))

    assert health["kwame@goldencrust.example"] == "dead"
    assert "failing" in health.values()


def test_numbers_are_those_of_the_counter_dated_by_the_day_in_the_workspaces_zone(fennel):
    tickets = list(Ticket.objects.order_by("created_at", "id"))

    counts = [ticket.number % 10**8 for ticket in tickets]

    assert counts == list(range(counts[0], counts[0] + 200))
    assert TicketCounter.objects.get().last == counts[-1]
    for ticket in tickets:
        assert str(ticket.number).startswith(ticket.created_at.astimezone(fennel.zone).strftime("%Y%m%d"))


def test_each_colleague_gets_a_link_that_opens_once(fennel):
    offered = sign_in_links()

    assert [(one.name, one.role) for one in offered] == [
        ("Maya Lindqvist", "Owner"),
        ("Tomás Herrera", "Colleague"),
        ("Olga Sokolova", "Colleague"),
    ]
    for one in offered:
        secret = one.link.partition("?")[0].rstrip("/").rpartition("/")[2]
        assert links.use(secret, OneTimeLink.Purpose.SIGN_IN).user.email == one.email


@pytest.mark.django_db
def test_without_a_demo_there_is_nobody_to_sign_in_as():
    with wall.inside(None):
        Workspace.objects.filter(slug="fennel").update(slug="renamed")

        assert sign_in_links() == []

"""What was written in bulk is what the verbs of the rooms would have left behind."""

from collections import Counter
from typing import Any

import pytest

from harken.agents.models import Agent
from harken.channels.email import mime
from harken.channels.email import read as reader
from harken.channels.models import Arrival
from harken.channels.proof.threading import allowed_as
from harken.channels.robots.acknowledge import ACKNOWLEDGEMENT
from harken.channels.robots.loops import STOPPED, tell_stopped
from harken.contacts.models import Identity, PlanChange
from harken.events.models import Event
from harken.lib.addresses import domain_of
from harken.lib.names import sort_key
from harken.tickets.drafts import keep_draft
from harken.tickets.models import Draft, Message, Participant, Ticket, Words
from harken.tickets.models.message import Enclosure, hash_of

MOST_SHAPES = 16
OF_THE_TICKET = (
    "subject",
    "state",
    "preview",
    "last_position",
    "message_count",
    "has_files",
    "requester_id",
    "company_id",
)
OF_A_MESSAGE = (
    *("position", "kind", "text", "visible_text", "html", "language", "to", "cc", "is_automatic"),
    *("author_agent_id", "author_contact_id", "author_address"),
)
# Recorded above the tickets, when mail comes and goes.
# What was done by verbs after the stories were told: see `naming`.
NAMED = ("ticket.left_waiting", "ticket.accepted", "ticket.merged", "ticket.fields_changed")
OF_THE_MAIL = ("arrival.settled", "delivery.changed")


def test_the_verbs_make_the_same_ticket_of_the_same_story(fennel):
    told = one_of_each_shape()

    assert len(told) == MOST_SHAPES
    for ticket in told:
        assert portrait(told_by_verbs(ticket)) == portrait(ticket)


def test_a_wrong_count_would_be_found_out(fennel):
    ticket = one_of_each_shape()[0]
    Ticket.objects.filter(pk=ticket.pk).update(message_count=ticket.message_count + 1)
    ticket.refresh_from_db()

    assert portrait(told_by_verbs(ticket)) != portrait(ticket)


def test_what_every_ticket_says_of_its_messages_is_so(fennel):
    # What was merged has its messages elsewhere, and there they stand behind younger ones.
    told = Ticket.objects.exclude(state="merged").filter(merged=None)
    for ticket in told.prefetch_related("messages__attachments", "messages__deliveries"):
        messages = list(ticket.messages.all())
        last = max(messages, key=lambda message: message.position)
        files = [file for message in messages for file in message.attachments.all()]
        deliveries = [delivery for message in messages for delivery in message.deliveries.all()]

        assert ticket.last_message_id == last.pk
        assert ticket.last_activity_at == last.created_at
        assert [message.position for message in messages] == list(range(1, ticket.message_count + 1))
        assert ticket.last_position == ticket.message_count
        assert ticket.has_files == any(not file.is_inline for file in files)
        assert ticket.has_problem == any(delivery.state == "failed" for delivery in deliveries)
        assert (ticket.closed_at is not None) == ticket.is_closed
        assert ticket.waiting_since == (unanswered_since(messages) if ticket.state == "open" else None)


def test_moments_follow_each_other_as_positions_and_ids_do(fennel):
    by_id = list(Message.objects.order_by("id").values_list("created_at", flat=True))
    by_event = list(
        Event.objects.exclude(type__in=["agent.joined", "agent.renamed", "workspace.opened"])
        .order_by("id")
        .values_list("at", flat=True)
    )

    assert by_id == sorted(by_id)
    assert by_event == sorted(by_event)


def test_every_letter_has_one_row_in_the_ledger_with_one_final_state(fennel):
    states = Counter(Arrival.objects.values_list("state", flat=True))
    letters = Message.objects.filter(kind="contact")
    made = Arrival.objects.filter(state__in=["opened", "joined", "loop"]).exclude(message=None)

    assert states["received"] == 0
    assert states["opened"] == Ticket.objects.count()
    assert made.count() == letters.count() == letters.filter(arrivals__in=made).distinct().count()
    assert Arrival.objects.filter(state="joined", message=None).count() == Draft.objects.count()
    assert sum(states.values()) == Arrival.objects.count()
    assert set(states) == {"opened", "joined", "bounced", "duplicate", "loop", "spam", "held"}


def test_the_raw_letters_say_what_the_messages_say(fennel):
    arrivals = Arrival.objects.filter(state__in=["opened", "joined"]).exclude(message=None)
    arrivals = arrivals.select_related("raw", "message__ticket")

    for arrival in arrivals:
        letter = reader.read(arrival.raw.read())

        assert letter.sender.email == arrival.message.author_address
        assert letter.subject == arrival.subject
        assert letter.text == arrival.message.text
        assert letter.text.startswith(arrival.message.visible_text)
        assert letter.external_id == arrival.message.external_id
        assert letter.content_sha256 == arrival.content_sha256
        assert [file.name for file in letter.files] == [
            file.name for file in arrival.message.attachments.all()
        ]


def test_a_letter_that_joined_carries_the_proof_that_it_may(fennel):
    joined = Arrival.objects.filter(state="joined").exclude(message=None)
    for arrival in joined.select_related("raw", "message__ticket", "ticket"):
        references = reader.read(arrival.raw.read()).references
        known = Message.objects.known_as(fennel, list(references)).exclude(arrivals=arrival)

        assert set(known.values_list("ticket_id", flat=True)) == {arrival.ticket_id}
        assert arrival.ticket
        assert allowed_as(arrival.ticket, arrival.message.author_address)


def test_every_letter_and_reply_is_found_by_its_reference(fennel):
    for message in Message.objects.exclude(kind="note"):
        assert message.external_hash == hash_of(message.external_id)


def test_held_letters_wait_for_a_reason_that_is_true(fennel):
    unreadable = Arrival.objects.held().get(content_sha256="")

    with pytest.raises(mime.LimitReached) as refusal:
        reader.read(unreadable.raw.read())

    assert (unreadable.rule, unreadable.evidence) == (refusal.value.why, {"most": refusal.value.most})


def test_every_reply_went_to_somebody_under_a_reference_of_its_own(fennel):
    replies = Message.objects.filter(kind="reply")

    assert len({reply.external_id for reply in replies}) == replies.count()
    for reply in replies.prefetch_related("deliveries"):
        assert {one.address: one.role for one in reply.deliveries.all()} == (
            dict.fromkeys(reply.cc, "cc") | dict.fromkeys(reply.to, "to")
        )


def test_people_are_sorted_and_belong_to_their_companies(fennel):
    for identity in Identity.objects.filter(kind="email").select_related("contact__company"):
        assert identity.contact.sort_key == sort_key(identity.contact.name)
        assert identity.contact.company.domain == domain_of(identity.address)
        assert identity.contact.company.sort_key == sort_key(identity.contact.company.name)


def test_it_is_known_when_people_wrote_last_and_what_their_company_has(fennel):
    priya = (
        Identity.objects.select_related("contact__company").get(address="priya@crumbandco.example").contact
    )
    wrote = priya.messages.filter(is_automatic=False).order_by("-created_at").first()

    assert priya.last_heard_at == wrote.created_at
    assert (priya.company.plan, priya.company.seats) == ("Growth", 14)
    last = PlanChange.objects.filter(company=priya.company).latest("at")
    assert last.seats == priya.company.seats


def unanswered_since(messages):
    replied = max((message.position for message in messages if message.kind == "reply"), default=0)
    return min(one.created_at for one in messages if one.kind == "contact" and one.position > replied)


def one_of_each_shape():
    """One ticket for each sequence of events there is, the longest sequences first."""
    named = Event.objects.filter(type__in=NAMED).values("ticket_id")
    tickets = Ticket.objects.exclude(state__in=["set_aside", "spam"]).exclude(pk__in=named).in_bulk()
    shapes = {shape(ticket): ticket for ticket in tickets.values()}
    return [shapes[one] for one in sorted(shapes, key=lambda one: (-len(one), one))][:MOST_SHAPES]


def shape(ticket):
    return tuple(events_of(ticket).values_list("type", flat=True))


def events_of(ticket):
    return Event.objects.filter(ticket_id=ticket.pk).exclude(type__in=OF_THE_MAIL).order_by("id")


def told_by_verbs(ticket):
    """Let everything that happened to a ticket happen again, to a new one."""
    twin: Any = None
    agents = Agent.objects.in_bulk()
    for event in events_of(ticket):
        by = agents.get(event.agent_id)
        if event.type.startswith("message."):
            twin = said_again(twin, Message.objects.get(pk=event.about_id), by)
        elif event.type == "ticket.assigned":
            twin.assign_to(agents[event.data["to"]], by=by)
        elif event.type == STOPPED:
            tell_stopped(twin, Identity.objects.get(address=event.data["address"]))
        elif event.type == "draft.kept":
            keep_draft(twin, by, Words("again"), seen_up_to=1, why=Draft.Why.UNSEEN)
        elif event.type == "ticket.closed":
            twin.close(by=by, state=event.data["state"])
    return Ticket.objects.get(pk=twin.pk)


def said_again(twin, message, by):
    files = tuple(Enclosure(one.file, one.content_id, one.is_inline) for one in message.attachments.all())
    words = Words(message.text, message.visible_text, message.html, files)
    if message.kind == "contact":
        sender = Identity.objects.get(address=message.author_address)
        details = {"cc": message.cc, "is_automatic": message.is_automatic}
        if twin is None:
            return Ticket.open_for(sender, message.ticket.subject, words, **details)
        twin.receive(words, sender=sender, **details)
    elif message.kind == "reply":
        twin.reply(words, by=by, seen_up_to=twin.last_position)
    elif message.kind == "notice":
        twin.notify(message.text, to=message.to, notice=ACKNOWLEDGEMENT)
    else:
        twin.note(words, by=by)
    return twin


def portrait(ticket):
    """Everything about a ticket that does not depend on when it was told."""
    messages = list(ticket.messages.all())
    waits_for = [message.position for message in messages if message.created_at == ticket.waiting_since]
    return {
        "ticket": {name: getattr(ticket, name) for name in OF_THE_TICKET},
        "assignee": ticket.assignee_id,
        "waiting for": waits_for,
        "is closed": ticket.closed_at is not None,
        "messages": [{name: getattr(message, name) for name in OF_A_MESSAGE} for message in messages],
        "files": [file.file_id for message in messages for file in message.attachments.all()],
        "recipients": [(one.address, one.role) for message in messages for one in message.deliveries.all()],
        "participants": sorted(
            Participant.objects.filter(ticket=ticket).values_list("address", "contact_id", "is_copied")
        ),
        "events": [(event.type, event.agent_id) for event in events_of(ticket)],
    }

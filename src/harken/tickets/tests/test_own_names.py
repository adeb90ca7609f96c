"""A workspace's own states, areas and fields on tickets: what happens depends on the fixed state alone."""

import pytest
from django.db import connection

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.events.models import Event
from harken.fields import listing
from harken.fields.errors import Unfit, UnknownField
from harken.fields.factories import make_field
from harken.tickets.errors import ChangedSince, NoSuchArea, NoSuchState, TicketIsMerged, TicketIsSpam
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.merge import merge, unmerge
from harken.tickets.models import Area, FieldAnswer, OwnState, Ticket, Words
from harken.tickets.own_names import answer_fields, put_in_area, put_into
from harken.tickets.states import State
from harken.tickets.tags import make_tag, put_on, take_off
from harken.tickets.undo import undo


@pytest.fixture
def ticket(db: None) -> Ticket:
    return make_ticket()


@pytest.fixture
def olga(ticket: Ticket) -> Agent:
    return make_agent(ticket.workspace)


def own(agent: Agent, name: str, kind: str) -> OwnState:
    return listing.add(OwnState(name=name, kind=kind), by=agent)


@pytest.mark.parametrize(
    "kind", ["open", "waiting", "set_aside", "accepted", "closed", "closed_unsuccessfully"]
)
def test_a_state_of_ones_own_is_what_its_kind_is(ticket: Ticket, olga: Agent, kind: str):
    if kind == "open":
        ticket.close(by=olga)
    event = put_into(ticket, own(olga, "Ours", kind), by=olga)

    ticket.refresh_from_db()
    assert event is not None
    assert event.data["called"] == "Ours"
    assert (ticket.state, ticket.state_name) == (kind, "Ours")
    assert (ticket.closed_at is not None) == kind.startswith("closed")
    assert (ticket.waiting_since is not None) == (kind == "open")


def test_another_name_for_the_same_state_changes_nothing_else_and_can_be_taken_back(
    ticket: Ticket, olga: Agent
):
    ticket.close(by=olga)
    closed_at = ticket.closed_at

    named = put_into(ticket, own(olga, "Fixed", "closed"), by=olga)
    assert put_into(ticket, OwnState.objects.get(), by=olga) is None

    ticket.refresh_from_db()
    assert named is not None
    assert (named.type, ticket.closed_at, ticket.state_name) == ("ticket.state_named", closed_at, "Fixed")
    undo(named, by=olga)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.state_name) == (State.CLOSED, "closed")


def test_undo_gives_the_name_back_too(ticket: Ticket, olga: Agent):
    put_into(ticket, own(olga, "With the supplier", "waiting"), by=olga)
    closed = ticket.close(by=olga)
    assert ticket.own_state is None
    assert closed is not None

    undo(closed, by=olga)

    ticket.refresh_from_db()
    assert ticket.state_name == "With the supplier"


def test_their_words_end_a_name_and_our_answer_within_accepted_work_does_not(ticket: Ticket, olga: Agent):
    put_into(ticket, own(olga, "In development", "accepted"), by=olga)
    ticket.reply(Words("Soon."), by=olga, seen_up_to=ticket.last_position)
    assert ticket.state_name == "In development"

    make_message(ticket)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.own_state) == (State.OPEN, None)


def test_their_second_letter_leaves_what_an_open_one_is_called(ticket: Ticket, olga: Agent):
    ticket.close(by=olga)
    put_into(ticket, own(olga, "Escalated", "open"), by=olga)

    make_message(ticket)

    ticket.refresh_from_db()
    assert ticket.state_name == "Escalated"


def test_what_is_archived_cannot_be_chosen_and_goes_on_standing(ticket: Ticket, olga: Agent):
    supplier, area = own(olga, "With the supplier", "waiting"), listing.add(Area(name="Delivery"), by=olga)
    put_into(ticket, supplier, by=olga)
    put_in_area(ticket, area, by=olga)

    listing.archive(supplier, by=olga)
    listing.archive(area, by=olga)

    ticket.refresh_from_db()
    assert (ticket.state_name, str(ticket.area)) == ("With the supplier", "Delivery")
    other = make_ticket(ticket.workspace, "bob@crumb.example")
    with pytest.raises(NoSuchState):
        put_into(other, OwnState.objects.get(), by=olga)
    with pytest.raises(NoSuchArea):
        put_in_area(other, Area.objects.get(), by=olga)


def test_spam_stays_spam(ticket: Ticket, olga: Agent):
    ticket.call_spam(by=olga)

    with pytest.raises(TicketIsSpam):
        put_into(ticket, own(olga, "Fixed", "closed"), by=olga)


def test_an_area_is_put_on_once_and_taken_back(ticket: Ticket, olga: Agent):
    delivery, billing = (listing.add(Area(name=name), by=olga) for name in ("Delivery", "Billing"))
    put_in_area(ticket, delivery, by=olga)
    event = put_in_area(ticket, billing, by=olga)
    assert put_in_area(ticket, billing, by=olga) is None
    assert event is not None

    undo(event, by=olga)

    ticket.refresh_from_db()
    assert ticket.area == delivery
    with pytest.raises(ChangedSince):
        undo(event, by=olga)


def test_answers_are_kept_told_found_and_taken_back(ticket: Ticket, olga: Agent):
    make_field(olga, "Order")
    make_field(olga, "Parts", kind="several_of", options=["Lid", "Box"])

    event = answer_fields(ticket, {"order": "A-17", "parts": ["Box", "Lid"]}, by=olga)

    ticket.refresh_from_db()
    assert ticket.fields == {"order": "A-17", "parts": ["lid", "box"]}
    assert event is not None
    assert event.data["changes"]["order"] == [None, "A-17"]
    assert sorted(FieldAnswer.objects.values_list("value", flat=True)) == ["a-17", "box", "lid"]
    assert answer_fields(ticket, {"order": "A-17"}, by=olga) is None

    undo(event, by=olga)

    ticket.refresh_from_db()
    assert ticket.fields == {}
    assert not FieldAnswer.objects.exists()


def test_one_bad_answer_keeps_none(ticket: Ticket, olga: Agent):
    make_field(olga, "Order")
    make_field(olga, "Boxes", kind="number")

    for given, refusal in (({"order": "A", "boxes": "many"}, Unfit), ({"order": "A", "x": 1}, UnknownField)):
        with pytest.raises(refusal):
            answer_fields(ticket, given, by=olga)

    ticket.refresh_from_db()
    assert ticket.fields == {}
    assert Event.objects.filter(type="ticket.fields_changed").count() == 0


def test_what_an_archived_field_was_answered_stays(ticket: Ticket, olga: Agent):
    order, _plan = make_field(olga, "Order"), make_field(olga, "Plan")
    answer_fields(ticket, {"order": "A-17"}, by=olga)
    listing.archive(order, by=olga)

    answer_fields(ticket, {"plan": "Gold"}, by=olga)

    ticket.refresh_from_db()
    assert ticket.fields == {"order": "A-17", "plan": "Gold"}


def test_tags_go_along_at_merging_and_come_back(ticket: Ticket, olga: Agent):
    target = make_ticket(ticket.workspace, "ann@crumb.example")
    late, both, since = (make_tag(name, by=olga) for name in ("late", "both", "since"))
    for tag in (late, both):
        put_on(ticket, tag, by=olga)
    put_on(target, both, by=olga)

    merge(ticket, into=target, by=olga, copies=False)
    assert {tag.name for tag in target.tags.all()} == {"late", "both"}
    with pytest.raises(TicketIsMerged):
        answer_fields(ticket, {}, by=olga)
    put_on(target, since, by=olga)
    unmerge(ticket, by=olga)

    assert {tag.name for tag in target.tags.all()} == {"both", "since"}
    assert {tag.name for tag in ticket.tags.all()} == {"late", "both"}


def test_putting_a_tag_on_and_taking_it_off_can_be_taken_back(ticket: Ticket, olga: Agent):
    tag = make_tag("late", by=olga)
    on = put_on(ticket, tag, by=olga)
    assert on is not None
    off = undo(on, by=olga)
    assert not ticket.tags.exists()
    undo(off, by=olga)

    assert list(ticket.tags.all()) == [tag]
    gone = take_off(ticket, tag, by=olga)
    assert gone is not None


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["tickets_ticket", "contacts_contact", "contacts_company"])
def test_rows_of_an_earlier_release_which_knows_no_own_fields_can_be_written_and_read(table: str):
    """Old code inserts without the column while new code migrates; old rows have it from the migration on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_default, is_nullable FROM information_schema.columns"
            " WHERE table_name = %s AND column_name = 'fields'",
            [table],
        )
        assert cursor.fetchall() == [("'{}'::jsonb", "NO")]


def test_what_was_done_before_states_had_names_can_still_be_taken_back(ticket: Ticket, olga: Agent):
    closed = ticket.close(by=olga)
    assert closed is not None
    for standing in ("before", "after"):
        del closed.data[standing]["own_state"]
    closed.save()
    put_into(ticket, own(olga, "Fixed", "closed"), by=olga)

    undo(closed, by=olga)

    ticket.refresh_from_db()
    assert (ticket.state, ticket.own_state) == (State.OPEN, None)

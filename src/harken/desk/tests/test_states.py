"""What is done to a request from its page: every verb, its refusal, its way back, and who may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent, make_user
from harken.contacts.models import Contact
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.events.models import Event
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.link import link
from harken.tickets.merge import merge
from harken.tickets.models import Ticket, Words
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace)


@pytest.fixture
def bobs(olga):
    return make_ticket(olga.workspace, "bob@jam.example", subject="Jam", text="Jam?", name="Bob Jam")


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def here(ticket, place=""):
    return f"tickets/{ticket.number}/{place}"


def events_on(olga, ticket):
    return texts(olga.look(here(ticket)), ".event > span")


@pytest.mark.parametrize(
    ("choice", "hours"), [({"time": "hour"}, 1), ({"time": "tomorrow"}, 33), ({"time": "written"}, None)]
)
def test_a_request_is_set_aside(olga, ticket, choice, hours):
    answer = olga.post(here(ticket, "aside"), choice, htmx=True)

    until = fresh(ticket).set_aside_until
    assert fresh(ticket).state == "set_aside"
    assert (until is None) == (hours is None)
    assert until is None or until < timezone.now() + timedelta(hours=hours + 1)
    assert texts(read(answer), ".thread-turn")[0].startswith("Set aside until")


def test_a_day_and_a_time_are_those_of_the_workspaces_clocks(olga, ticket):
    olga.workspace.time_zone = "Europe/Stockholm"
    olga.workspace.save()
    year = timezone.now().year + 1

    olga.post(here(ticket, "aside"), {"time": "custom", "day": f"{year}-07-01", "clock": "08:15"})

    assert fresh(ticket).set_aside_until.isoformat() == f"{year}-07-01T06:15:00+00:00"
    assert texts(olga.look(here(ticket)), ".thread-turn")[0].endswith("08:15")


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"time": "never"},
        {"time": "custom", "day": "soon"},
        {"time": "custom", "day": "2020-01-01"},
        {"time": "custom", "day": "9999-12-31", "clock": "25:00"},
        {"time": "custom", "day": "9999-12-31", "clock": "23:59"},
        {"time": "custom", "clock": "09:00"},
    ],
)
def test_what_is_no_time_is_refused_in_words(olga, ticket, choice):
    answer = olga.post(here(ticket, "aside"), choice)
    page = read(olga.client.get(answer["Location"]))
    olga._back(answer)

    assert fresh(ticket).is_our_turn
    assert texts(page, ".say-bad")[0].startswith("Not set aside")


@pytest.mark.parametrize("state", ["waiting", "accepted", "closed_unsuccessfully", "spam"])
def test_every_state_is_reached_and_left_from_the_menu(olga, ticket, state):
    olga.post(here(ticket, "state"), {"state": state}, htmx=True)
    reached = fresh(ticket).state
    olga.post(here(ticket, "state"), {"state": "open"})

    assert (reached, fresh(ticket).state) == (state, "open")


def test_a_state_that_is_none_is_refused(olga, ticket):
    answer = olga.post(here(ticket, "state"), {"state": "merged"}, htmx=True)

    assert answer["HX-Redirect"]
    assert fresh(ticket).is_our_turn


def test_handing_on_begins_an_answer_in_their_language(olga, ticket):
    make_message(ticket, "Где мой хлеб? Я жду уже три дня, и никто не отвечает.")

    answer = olga.post(here(ticket, "state"), {"state": "accepted", "tell": "yes"}, htmx=True)

    assert answer["HX-Redirect"].endswith(f"#composer-{ticket.number}")
    assert "Ann Baker" in draft_of(fresh(ticket), olga.agent).text


def test_handing_on_leaves_alone_what_is_being_written(olga, ticket):
    for _time in range(2):
        olga.post(here(ticket, "state"), {"state": "accepted", "tell": "yes"})
        olga.post(here(ticket, "state"), {"state": "open"})

    assert draft_of(fresh(ticket), olga.agent).text.count("taken this on") == 1


def test_spam_says_whose_letters_are_concerned_and_how_to_take_it_back(olga, ticket):
    olga.post(here(ticket, "state"), {"state": "spam"})

    page = olga.look(here(ticket))

    assert "ann@crumb.example" in texts(page, "#thread-head .say")[0]
    assert not page.css('[data-key="e"], [data-key="s"]')


def test_a_colleague_of_the_same_name_is_another_one(olga, ticket):
    namesake = make_agent(olga.workspace, user=make_user(name=olga.agent.name))

    ticket.assign_to(namesake, by=olga.agent)

    assert events_on(olga, ticket) == [f"{olga.agent.name} passed it to {namesake.name}"]


def test_what_happened_is_told_in_words(olga, ticket, bobs):
    olga.post(here(ticket, "aside"), {"time": "written"})
    olga.post(here(ticket, "state"), {"state": "open"})
    olga.post(here(ticket, "state"), {"state": "accepted"})
    ticket.refresh_from_db()
    ticket.assign_to(olga.agent, by=olga.agent)
    link(ticket, bobs, by=olga.agent)
    merge(bobs, into=ticket, by=olga.agent, copies=False)

    name, number = olga.agent.name, bobs.short_number
    assert events_on(olga, ticket) == [
        f"{name} set it aside until they write",
        f"{name} reopened it",
        f"{name} handed the work on",
        f"{name} took it",
        f"{name} linked it with {number}",
        f"{name} merged {number} into this one",
    ]


def test_the_last_deed_is_taken_back_where_it_is_told(olga, ticket):
    olga.post(here(ticket, "closure"))
    undo = attribute(olga.look(here(ticket)), ".event form", "action")

    olga._back(olga.client.post(undo))

    assert fresh(ticket).is_our_turn
    assert events_on(olga, ticket)[-1] == f"{olga.agent.name} took that back"


def test_what_somebody_else_did_is_not_ones_own_to_undo(olga, ticket):
    kim = make_agent(olga.workspace)
    event = ticket.close(by=kim)

    page = olga.look(here(ticket))
    answer = olga.post(f"events/{event.pk}/undo")

    assert not page.css(".event form")
    assert answer.status_code == 404


def test_what_changed_meanwhile_is_not_undone_and_that_is_said(olga, ticket):
    event = ticket.close(by=olga.agent)
    make_message(fresh(ticket), "One thing more!")

    answer = olga.post(f"events/{event.pk}/undo")
    page = read(olga.client.get(answer["Location"]))
    olga._back(answer)

    assert texts(page, ".say-bad")[0].startswith("Not undone")
    assert fresh(ticket).is_our_turn


def test_both_numbers_lead_to_the_one_request(olga, ticket, bobs):
    merge(bobs, into=ticket, by=olga.agent, copies=False)

    answer = olga.get(here(bobs))
    opened = olga.get(here(bobs), htmx=True)

    assert answer["Location"].split("?")[0] == olga.path(here(ticket))
    assert opened.status_code == 302


def test_merging_asks_first_who_reads_answers(olga, ticket, bobs):
    asked = olga.post(here(bobs, "merging"), {"to": str(ticket.number)})
    unmerged = fresh(bobs).state
    olga.post(here(bobs, "merging"), {"to": str(ticket.number), "copies": "no"})

    assert asked.status_code == 422
    assert texts(read(asked), ".who-reads li") == ["bob@jam.example"]
    assert (unmerged, fresh(bobs).current) == ("open", ticket)
    assert fresh(ticket).copied_addresses == []


def test_the_one_that_is_open_may_take_the_other_in(olga, ticket):
    again = make_ticket(olga.workspace, subject="Again")

    olga.post(here(ticket, "merging"), {"to": "number", "number": again.short_number, "way": "takes-in"})

    assert fresh(again).current == ticket


def test_a_merged_request_is_taken_out_beside_the_thread(olga, ticket, bobs):
    merge(bobs, into=ticket, by=olga.agent, copies=False)
    address = attribute(olga.look(here(ticket)), ".merged form", "action")

    olga._back(olga.client.post(address))

    assert fresh(bobs).is_our_turn
    assert fresh(bobs).messages.count() == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"number": "999"}, "There is no request “999” here"),
        ({"number": ""}, "There is no request “” here"),
        ({"number": "x" * 10_000}, "There is no request"),
        ({"number": "⁶"}, "There is no request “⁶” here"),
    ],
)
def test_a_number_that_is_none_is_refused_and_stays_in_the_field(olga, ticket, typed, words):
    for page in ("merging", "linking"):
        answer = olga.post(here(ticket, page), {"to": "number", **typed})

        assert answer.status_code == 422
        assert texts(read(answer), ".say-bad")[0].startswith(words)
        assert attribute(read(answer), "[name=number]", "value") == typed["number"]


def test_a_request_is_not_merged_into_itself(olga, ticket):
    answer = olga.post(here(ticket, "merging"), {"number": ticket.short_number})

    assert texts(read(answer), ".say-bad")[0].startswith("That is this request itself")


def test_links_are_made_and_taken_away(olga, ticket, bobs):
    olga.post(here(ticket, "linking"), {"to": "number", "number": bobs.short_number})
    linked = texts(olga.look(here(ticket, "linking")), ".linked a")
    olga.post(here(ticket, "linking"), {"unlink": str(bobs.number)})

    assert linked == [f"{bobs.short_number} Jam"]
    assert texts(olga.look(here(ticket, "linking")), ".linked a") == []


def test_numbers_and_words_are_completed(olga, ticket, bobs):
    by_number = olga.get("tickets/choices/", number=f"#{bobs.number % 10**8}")

    assert b"Jam" in by_number.content
    assert olga.get("tickets/choices/", number="").content.strip() == b""
    assert olga.get("tickets/choices/", number='"-" :' * 300).status_code == 200


def test_the_requester_is_changed_with_open_eyes(olga, ticket):
    form = {"who": "other", "email": "Carl <carl@jam.example>", "name": "Carl", "keeps_copies": "yes"}

    olga.post(here(ticket, "requester"), form)

    now = fresh(ticket)
    assert (now.requester.name, now.reply_addresses) == ("Carl", ["carl@jam.example"])
    assert now.copied_addresses == ["ann@crumb.example"]
    assert events_on(olga, ticket) == [f"{olga.agent.name} made Carl the requester"]


@pytest.mark.parametrize("email", ["", "carl", "a@b.example, c@d.example", "x" * 600])
def test_a_requester_without_an_address_is_refused_and_nobody_is_made(olga, ticket, email):
    people = Contact.objects.count()

    answer = olga.post(here(ticket, "requester"), {"who": "other", "email": email})

    assert answer.status_code == 422
    assert (fresh(ticket).requester, Contact.objects.count()) == (ticket.requester, people)


def test_words_are_removed_after_asking_and_the_trace_is_told(olga, ticket):
    message = make_message(ticket, "My password is zwieback.")
    quote = make_message(ticket, "Sorry!\n> My password is zwieback.")
    asked = olga.look(f"messages/{message.pk}/redacting")

    olga.post(f"messages/{message.pk}/redacting", {"why": "A password", "quotes": str(quote.pk)})

    page = olga.look(here(ticket))
    assert attribute(asked, "[name=quotes]", "value") == str(quote.pk)
    assert "zwieback" not in page.html
    assert "“A password”" in texts(page, ".redacted")[0]


def test_without_a_reason_the_page_asks_again(olga, ticket):
    message = ticket.messages.get()

    answer = olga.post(f"messages/{message.pk}/redacting", {"why": " "})

    assert answer.status_code == 422
    assert ticket.messages.get().text == message.text


def test_splitting_from_here_on_is_chosen_in_the_messages_menu(olga, ticket):
    later = make_message(ticket, "Something else.")

    page = olga.look(here(ticket))
    place = olga.look(f"messages/{later.pk}/place", following="")

    assert any("Split from here on" in text for text in texts(page, ".msg-more a"))
    assert place.css_first("main")


@pytest.mark.parametrize(
    "page", ["aside", "state", "merging", "unmerging", "linking", "requester", "closure"]
)
def test_a_stranger_changes_nothing(ticket, mallory, page):
    before = fresh(ticket).standing

    answer = mallory.post(here(ticket, page), {"state": "spam", "time": "hour", "number": "1"})
    looked = mallory.get(here(ticket, page))
    wall.enter(ticket.workspace_id)

    assert {answer.status_code, looked.status_code} <= {404, 405}
    assert fresh(ticket).standing == before


def test_a_strangers_event_and_message_are_not_there(olga, ticket, mallory):
    event, message = ticket.close(by=olga.agent), ticket.messages.get()

    assert mallory.post(f"events/{event.pk}/undo").status_code == 404
    assert mallory.get(f"messages/{message.pk}/redacting").status_code == 404


def test_many_happenings_cost_no_more_queries(olga, ticket, django_assert_max_num_queries):
    for _time in range(20):
        fresh(ticket).close(by=make_agent(olga.workspace))
        fresh(ticket).reopen(by=make_agent(olga.workspace))
    olga.look(here(ticket))

    with django_assert_max_num_queries(60):
        page = olga.look(here(ticket))

    assert len(page.css(".event")) == 40
    assert Event.objects.filter(ticket_id=ticket.pk).count() > 40


def test_a_page_left_open_keeps_what_was_typed_when_the_request_is_merged_away(olga, ticket, bobs):
    merge(bobs, into=ticket, by=olga.agent, copies=False)

    answer = olga.post(
        here(bobs, "messages/"), {"kind": "reply", "text": "Jam is on its way.", "seen_up_to": "1"}
    )

    assert answer.status_code == 422
    assert "Jam is on its way." in answer.content.decode()
    assert not ticket.messages.filter(text__contains="Jam is on").exists()
    assert Words("Jam?").text in [message.text for message in ticket.messages.all()]


def test_the_pages_are_there_for_those_inside(olga, ticket):
    kim = Visitor.signed_in(make_agent(olga.workspace))

    for page in ("merging", "linking", "requester"):
        assert kim.look(here(ticket, page)).css_first("h1")

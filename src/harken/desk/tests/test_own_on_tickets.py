"""A workspace's own fields, areas and states where colleagues meet them: beside a request, in its menus, in rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.fields import listing
from harken.fields.factories import make_field
from harken.tickets.factories import make_ticket
from harken.tickets.models import Area, OwnState, Ticket
from harken.tickets.own_names import answer_fields, put_into

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(olga: Visitor) -> Ticket:
    olga.workspace.switch("customising", on=True)
    return make_ticket(olga.workspace)


def own(olga: Visitor, name: str, kind: str) -> OwnState:
    return listing.add(OwnState(name=name, kind=kind), by=olga.agent)


def test_where_nothing_is_asked_nothing_is_shown(olga, ticket):
    page = olga.look(f"tickets/{ticket.number}/")

    assert page.css_first(".own").attributes.get("hidden", "no") is None
    assert "Own fields" in olga.look(f"tickets/{ticket.number}/own/").text()
    olga.workspace.switch("customising", on=False)
    assert olga.get(f"tickets/{ticket.number}/own/").status_code == 404


def test_answers_of_every_kind_are_kept_and_shown_beside_the_request(olga, ticket):
    make_field(olga.agent, "Order")
    make_field(olga.agent, "Story", kind="long_text")
    make_field(olga.agent, "Boxes", kind="number")
    make_field(olga.agent, "Due", kind="date")
    make_field(olga.agent, "Insured", kind="yes_no")
    make_field(olga.agent, "Region", kind="one_of", options=["North", "South"])
    make_field(olga.agent, "Parts", kind="several_of", options=["Lid", "Box"])
    delivery = listing.add(Area(name="Delivery"), by=olga.agent)

    answer = olga.post(
        f"tickets/{ticket.number}/own/",
        {
            "own_order": " A-17 ",
            "own_story": "One\ntwo",
            "own_boxes": "1,5",
            "own_due": "2026-12-24",
            "own_insured": "no",
            "own_region": "south",
            "own_parts": ["box", "lid"],
            "area": str(delivery.pk),
        },
        htmx=True,
    )

    assert answer.status_code == 200
    shown = olga.look(f"tickets/{ticket.number}/")
    assert texts(shown, ".own dt") == ["Area", "Order", "Story", "Boxes", "Due", "Insured", "Region", "Parts"]
    assert texts(shown, ".own dd") == [
        *("Delivery", "A-17", "One two", "1.5", "24 Dec 2026", "No", "South", "Lid, Box")
    ]
    assert "changed Order, Story, Boxes" in shown.css_first(".thread").text()
    assert "put it into the area Delivery" in shown.css_first(".thread").text()
    assert [box.attributes.get("value") for box in shown.css(".own input[type=checkbox][checked]")] == [
        "lid",
        "box",
    ]


def test_bad_answers_are_refused_each_with_its_words_and_all_that_was_typed_stays(olga, ticket):
    make_field(olga.agent, "Order")
    make_field(olga.agent, "Boxes", kind="number")
    make_field(olga.agent, "Due", kind="date")
    make_field(olga.agent, "Region", kind="one_of", options=["North"])
    typed = {"own_order": "<script>", "own_boxes": "many", "own_due": "31.02.2026", "own_region": "west"}

    for htmx in (True, False):
        refused = olga.post(f"tickets/{ticket.number}/own/", typed, htmx=htmx)
        assert refused.status_code == 422
        shown = read(refused)
        assert len(shown.css(".err")) == 3
        assert attribute(shown, "[name=own_order]", "value") == "<script>"
        assert attribute(shown, "[name=own_boxes]", "value") == "many"
        assert "is no number" in shown.text()
        assert "31.02.2026" in shown.text()

    ticket.refresh_from_db()
    assert ticket.fields == {}


def test_the_second_of_two_who_answer_is_told(olga, ticket):
    make_field(olga.agent, "Order")
    make_field(olga.agent, "Parts", kind="several_of", options=["Lid", "Box"])
    seen = attribute(olga.look(f"tickets/{ticket.number}/own/"), "[name=seen]", "value")
    address = f"tickets/{ticket.number}/own/"
    olga.post(address, {"own_order": "hers", "own_parts": ["lid", "box"], "seen": seen})

    refused = olga.post(address, {"own_order": "mine", "seen": seen}, htmx=True)

    assert refused.status_code == 409
    shown = read(refused)
    assert attribute(shown, "[name=own_order]", "value") == "mine"
    assert texts(shown, ".missed dd") == ["hers", "Lid, Box"]
    # What she left alone shows what it is by now.
    assert len(shown.css("input[type=checkbox][checked]")) == 2


def test_without_scripts_the_page_leads_back_to_the_request(olga, ticket):
    make_field(olga.agent, "Order")

    answer = olga.post(f"tickets/{ticket.number}/own/", {"own_order": "A-17"})

    assert answer.status_code == 302
    assert f"/tickets/{ticket.number}/" in answer["Location"]


def test_a_state_of_ones_own_is_chosen_from_the_menu_and_shown(olga, ticket):
    supplier = own(olga, "With the supplier", "waiting")
    assert (
        "With the supplier"
        in olga.look(f"tickets/{ticket.number}/").css_first(".head-menu [name=own]").text()
    )

    head = olga.post(f"tickets/{ticket.number}/state", {"own": supplier.pk}, htmx=True)

    assert "With the supplier · Waiting for them" in head.content.decode()
    page = olga.look("inbox/", view="waiting")
    assert texts(page, ".row-state") == ["With the supplier"]
    assert "said that it is their turn: With the supplier" in olga.look(f"tickets/{ticket.number}/").text()


@pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1"])
def test_a_state_that_is_not_there_changes_nothing(olga, ticket, asked):
    answer = olga.post(f"tickets/{ticket.number}/state", {"own": asked})

    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_a_stranger_gets_404(olga, mallory, ticket):
    make_field(olga.agent, "Order")
    mallory.workspace.switch("customising", on=True)

    assert mallory.get(f"tickets/{ticket.number}/own/").status_code == 404
    assert mallory.post(f"tickets/{ticket.number}/own/", {"own_order": "x"}).status_code == 404


def test_queries_of_the_thread_do_not_grow_with_fields_and_those_of_rows_not_at_all(olga, ticket):
    make_field(olga.agent, "Order")
    pages = (f"tickets/{ticket.number}/", "inbox/?view=waiting")
    put_into(ticket, own(olga, "Ours", "waiting"), by=olga.agent)
    _first = [_queries(olga, page) for page in pages]
    few = [_queries(olga, page) for page in pages]
    for at in range(8):
        field = make_field(olga.agent, f"Field {at}", kind="one_of", options=["a", "b"])
        answer_fields(ticket, {field.key: "a"}, by=olga.agent)
        put_into(
            make_ticket(olga.workspace, f"ann{at}@crumb.example"),
            own(olga, f"S{at}", "waiting"),
            by=olga.agent,
        )

    assert [_queries(olga, page) for page in pages] == few


def _queries(olga: Visitor, page: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert olga.get(page).status_code == 200
    return len(queries)


def test_a_view_that_asks_for_a_field_lists_and_counts_what_was_answered_so(olga, ticket):
    make_field(olga.agent, "Order no")
    make_ticket(olga.workspace, subject="Another")
    answer_fields(ticket, {"order_no": "A-17"}, by=olga.agent)
    olga.post("views/", {"name": "Order A-17", "question": "field.order_no:A-17"})

    address = next(each for each in olga.look("inbox/").css("#views a") if "Order A-17" in each.text())
    assert " ".join(address.text().split()) == "Order A-17 1"
    view = address.attributes["href"].partition("view=")[2]
    assert texts(olga.look("inbox/", view=view), ".row-subject") == [ticket.subject]

    answer_fields(ticket, {"order_no": "B-2"}, by=olga.agent)
    assert texts(olga.look("inbox/", view=view), ".row-subject") == []

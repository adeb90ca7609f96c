"""Tags called otherwise, dropped and put together: recorded, told to open pages once, and taken back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken import realtime
from harken.agents.factories import make_agent
from harken.desk.tests.visits import Visitor, read, texts
from harken.events.models import Event
from harken.lib import rows
from harken.tickets import merge
from harken.tickets.factories import make_ticket
from harken.tickets.models import Tag, Ticket, TicketTag
from harken.tickets.tags import make_tag, put_on, take_off

pytestmark = pytest.mark.django_db


def tagged(visitor: Visitor, *names: str) -> Ticket:
    ticket = make_ticket(visitor.workspace)
    for name in names:
        put_on(ticket, make_tag(name, by=visitor.agent), by=visitor.agent)
    return ticket


def tags_on(*tickets: Ticket) -> list[list[str]]:
    return [sorted(each.tags.values_list("name", flat=True)) for each in tickets]


def change(visitor: Visitor, tag: str, **asked: str) -> Event:
    """Do something to the tag of that name on the settings page, and return the event of it."""
    known = Tag.objects.get(name=tag)
    assert visitor.post(f"settings/tags/{known.pk}/", asked).status_code == 302
    return Event.objects.filter(about_type="tag").latest("pk")


def undo(visitor: Visitor, event: Event | None) -> str:
    """Press undo, and return what the page says then."""
    assert event
    address = f"/{visitor.workspace.slug}/events/{event.pk}/undo"
    return " ".join(read(visitor._back(visitor.client.post(address, follow=True))).text().split())


def test_a_change_is_an_event_and_its_line_takes_it_back(olga):
    ticket = tagged(olga, "Late")
    late = Tag.objects.get()

    answer = olga.post(f"settings/tags/{late.pk}/", {"name": "Too late", "colour": "red"})
    event = Event.objects.get(type="tag.changed")
    assert event.data["before"] == {"name": "Late", "colour": "grey"}
    assert tags_on(ticket) == [["Too late"]]

    page = read(olga._back(olga.client.get(answer["Location"])))
    [line] = page.css("form[role=status]")
    assert "Saved." in line.text()
    assert "Taken back." in read(olga._back(olga.client.post(line.attributes["action"], follow=True))).text()
    assert tags_on(ticket) == [["Late"]]
    assert Tag.objects.get().colour == "grey"


def test_nothing_changed_is_no_event(olga):
    tagged(olga, "Late")

    olga.post(f"settings/tags/{Tag.objects.get().pk}/", {"name": "Late", "colour": "grey"})

    assert not Event.objects.filter(about_type="tag").exists()


def test_a_dropped_tag_comes_back_wherever_it_stood(olga):
    first, second, other = tagged(olga, "Late"), tagged(olga, "Late", "Stock"), tagged(olga, "Stock")

    event = change(olga, "Late", drop="yes")
    assert event.type == "tag.dropped"
    assert tags_on(first, second, other) == [[], ["Stock"], ["Stock"]]
    assert texts(olga.look("settings/tags/"), ".tag-row summary") == ["Stock"]
    assert "Late" not in olga.get("tags/").content.decode()

    assert "Taken back." in undo(olga, event)
    assert tags_on(first, second, other) == [["Late"], ["Late", "Stock"], ["Stock"]]
    assert "Not undone" in undo(olga, event)


def test_two_that_were_put_together_are_taken_apart_exactly(olga):
    old, both, new, later = (
        tagged(olga, "Late"), tagged(olga, "Late", "Delay"), tagged(olga, "Delay"), tagged(olga)
    )  # fmt: skip
    delay = Tag.objects.get(name="Delay")

    event = change(olga, "Late", into=str(delay.pk))
    assert (event.type, event.data["count"]) == ("tag.merged", 2)
    assert tags_on(old, both, new) == [["Delay"]] * 3
    put_on(later, delay, by=olga.agent)

    assert "Taken back." in undo(olga, event)
    assert tags_on(old, both, new, later) == [["Late"], ["Delay", "Late"], ["Delay"], ["Delay"]]


def test_what_was_taken_back_is_done_again(olga):
    ticket, delay = tagged(olga, "Late"), make_tag("Delay", by=olga.agent)

    for asked in ({"drop": "yes"}, {"into": str(delay.pk)}):
        done = change(olga, "Late", **asked)
        after = tags_on(ticket)
        undo(olga, done)
        assert tags_on(ticket) == [["Late"]]
        undo(olga, Event.objects.filter(about_type="tag").latest("pk"))
        assert tags_on(ticket) == after
        undo(olga, Event.objects.filter(about_type="tag").latest("pk"))


def test_what_a_colleague_changed_since_stays(olga):
    kim, ticket = Visitor.signed_in(make_agent(olga.workspace)), tagged(olga, "Late")
    renamed = change(olga, "Late", name="Too late", colour="grey")
    change(kim, "Too late", name="Delay", colour="grey")
    assert "Not undone: somebody changed it meanwhile" in undo(olga, renamed)
    dropped = change(olga, "Delay", drop="yes")
    make_tag("delay", by=kim.agent)

    assert "Not undone: another tag has that name by now" in undo(olga, dropped)
    assert tags_on(ticket) == [[]]
    assert kim.client.post(f"/{olga.workspace.slug}/events/{dropped.pk}/undo").status_code == 404


def test_two_are_taken_apart_in_the_order_in_which_they_came_together(olga):
    ticket = tagged(olga, "Late")
    delay, wait = (make_tag(name, by=olga.agent) for name in ("Delay", "Wait"))
    first = change(olga, "Late", into=str(delay.pk))
    second = change(olga, "Delay", into=str(wait.pk))

    assert "Not undone" in undo(olga, first)
    assert tags_on(ticket) == [["Wait"]]
    undo(olga, second)
    undo(olga, first)
    assert tags_on(ticket) == [["Late"]]


def test_a_tag_that_is_gone_stays_with_merged_requests(olga):
    source, target = tagged(olga, "Late"), tagged(olga)
    dropped = change(olga, "Late", drop="yes")
    merge.merge(source, into=target, by=olga.agent)

    undo(olga, dropped)

    assert tags_on(target) == [["Late"]]


def test_where_merging_requests_brought_both_the_one_that_came_back_stands(olga):
    target, source = tagged(olga, "Late"), tagged(olga, "Late", "Delay")
    together = change(olga, "Late", into=str(Tag.objects.get(name="Delay").pk))
    merge.merge(source, into=target, by=olga.agent)

    assert "Taken back." in undo(olga, together)
    assert tags_on(target) == [["Late"]]


def test_putting_on_is_taken_back_whatever_the_tag_is_called_by_now(olga):
    ticket = make_ticket(olga.workspace)
    done = put_on(ticket, make_tag("Late", by=olga.agent), by=olga.agent)
    change(olga, "Late", name="Too late", colour="grey")

    undo(olga, done)
    assert tags_on(ticket) == [[]]

    gone = take_off(tagged(olga, "Too late"), Tag.objects.get(), by=olga.agent)
    change(olga, "Too late", name="Delay", colour="grey")
    undo(olga, gone)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Delay"]


def test_however_many_requests_have_it_the_workspace_is_told_once(olga, monkeypatch):
    told: list[str] = []
    ask = rows.ask

    def heard(statement, values=()):
        if realtime.CHANNEL in values:
            told.extend(each.obj["t"] for each in values if hasattr(each, "obj") and "t" in each.obj)
        return ask(statement, values)

    def cost(event_of) -> tuple[int, Event]:
        with CaptureQueriesContext(connection) as asked:
            event = event_of()
        return len(asked), event

    monkeypatch.setattr(rows, "ask", heard)
    costs = []
    for number in (1, 6):
        for _each in range(number):
            tagged(olga, "Late")
        told.clear()
        delay = make_tag("Delay", by=olga.agent)
        renamed = change(olga, "Late", name="Late", colour="red")
        dropped, gone = cost(lambda: change(olga, "Late", drop="yes"))
        back, _page = cost(lambda gone=gone: undo(olga, gone))
        merged, both = cost(lambda delay=delay: change(olga, "Late", into=str(delay.pk)))
        apart, _page = cost(lambda both=both: undo(olga, both))
        undo(olga, renamed)
        costs.append((dropped, back, merged, apart))
        expected = [
            "tag.changed",
            "tag.dropped",
            "tag.brought_back",
            "tag.merged",
            "tag.unmerged",
            "tag.changed",
        ]
        assert told == expected
    assert costs[0] == costs[1]


def test_an_open_request_fetches_its_tags_alone(olga):
    ticket = tagged(olga, "Late")
    page = olga.look(f"tickets/{ticket.number}/")
    place = page.css_first(f"#tags-{ticket.number}").attributes
    assert "live:tag" in place["hx-trigger"]

    change(olga, "Late", name="Too late", colour="red")
    part = read(olga._back(olga.client.get(place["hx-get"], headers={"HX-Request": "true"})))

    assert texts(part, "form.tag bdi") == ["Too late"]
    assert part.css_first(".tag-red") is not None
    assert Visitor.stranger().client.get(place["hx-get"]).status_code == 404


def test_a_request_has_as_many_tags_as_one_can_read(olga, monkeypatch):
    monkeypatch.setattr("harken.tickets.tags.MOST_TAGS", 2)
    full = tagged(olga, "Late", "Stock")

    refused = olga.post(f"tickets/{full.number}/tags/", {"name": "One more"}, htmx=True)
    again = olga.post(f"tickets/{full.number}/tags/", {"name": "stock"}, htmx=True)

    assert (refused.status_code, again.status_code) == (422, 200)
    assert "this request has 2 tags, as many as it can have" in refused.content.decode()
    assert TicketTag.objects.filter(ticket=full).count() == 2
    assert not Tag.objects.called("One more").exists()

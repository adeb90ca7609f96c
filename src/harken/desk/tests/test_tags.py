import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.desk.tests.visits import Visitor, texts
from harken.events.models import Event
from harken.search.find import find
from harken.search.tests.asking import index
from harken.tickets.factories import make_ticket
from harken.tickets.models import Tag, Ticket
from harken.tickets.tags import make_tag, put_on
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


def tags_shown(visitor: Visitor, ticket: Ticket) -> list[str]:
    return texts(visitor.look(f"tickets/{ticket.number}/"), ".tags form.tag bdi")


def test_a_tag_is_made_by_putting_it_on_and_stands_once(olga):
    ticket = make_ticket(olga.workspace)

    for name in ("Delivery", " delivery ", "Stock"):
        olga.post(f"tickets/{ticket.number}/tags/", {"name": name})

    assert tags_shown(olga, ticket) == ["Delivery", "Stock"]
    assert Event.objects.filter(type="ticket.tagged").count() == 2


def test_a_tag_is_taken_off_by_its_button(olga):
    ticket = make_ticket(olga.workspace)
    tag = make_tag("Delivery", by=olga.agent)
    put_on(ticket, tag, by=olga.agent)

    for _try in range(2):
        part = olga.post(f"tickets/{ticket.number}/tags/", {"off": tag.pk}, htmx=True)
        assert part.status_code == 200

    assert tags_shown(olga, ticket) == []
    assert Event.objects.filter(type="ticket.untagged").count() == 1
    assert Tag.objects.filter(pk=tag.pk).exists()


@pytest.mark.parametrize("name", ["", "   ", "\u200f\u202e", "\0"])
def test_a_tag_without_a_name_is_refused_with_words(olga, name):
    ticket = make_ticket(olga.workspace)

    refused = olga.post(f"tickets/{ticket.number}/tags/", {"name": name}, htmx=True)

    assert refused.status_code == 422
    assert "A tag needs a name" in refused.content.decode()
    assert not Tag.objects.exists()


def test_a_very_long_name_is_cut_and_its_script_is_only_text(olga):
    ticket = make_ticket(olga.workspace)

    olga.post(f"tickets/{ticket.number}/tags/", {"name": "<script>alert(1)</script>" * 500})

    (shown,) = tags_shown(olga, ticket)
    assert shown.startswith("<script>alert(1)</script>")
    assert len(shown) <= 60


def test_a_stranger_puts_nothing_on_and_changes_nothing(olga):
    ticket = make_ticket(olga.workspace)
    tag = make_tag("Delivery", by=olga.agent)
    stranger = Visitor.stranger()

    for page, data in (
        (f"tickets/{ticket.number}/tags/", {"name": "Mine"}),
        (f"settings/tags/{tag.pk}/", {"drop": "y"}),
    ):
        assert stranger.client.post(olga.path(page), data).status_code == 404
        assert stranger.post(page, data).status_code == 404

    wall.enter(olga.workspace.pk)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Delivery"]


def test_search_finds_by_tag_in_whatever_case(olga):
    ticket, _other = make_ticket(olga.workspace), make_ticket(olga.workspace)
    put_on(ticket, make_tag("Delivery windows", by=olga.agent), by=olga.agent)
    index(olga.agent)

    def found(question: str) -> list[int]:
        return [hit.message.ticket.number for hit in find(olga.agent, question).hits]

    assert found('tag:"delivery WINDOWS"') == [ticket.number]
    assert found('bread -tag:"delivery windows"') == [_other.number]


def test_the_settings_page_makes_names_and_puts_together(olga):
    first, second = make_ticket(olga.workspace), make_ticket(olga.workspace)
    olga.post("settings/tags/", {"name": "Late", "colour": "red"})
    late, delay = Tag.objects.get(), make_tag("Delay", by=olga.agent)
    put_on(first, late, by=olga.agent)
    put_on(first, delay, by=olga.agent)
    put_on(second, delay, by=olga.agent)

    olga.post(f"settings/tags/{delay.pk}/", {"into": late.pk})
    olga.post(f"settings/tags/{late.pk}/", {"name": "Too late", "colour": "blue"})

    assert [tags_shown(olga, each) for each in (first, second)] == [["Too late"], ["Too late"]]
    assert texts(olga.look("settings/tags/"), ".tag-row > a") == ["2 requests"]


def test_two_tags_cannot_have_one_name_and_what_was_typed_stays(olga):
    make_tag("Late", by=olga.agent)
    delay = make_tag("Delay", by=olga.agent)

    refused = olga.post(f"settings/tags/{delay.pk}/", {"name": "LATE", "colour": "grey"})

    assert refused.status_code == 422
    assert "There is a tag of that name already" in refused.content.decode()
    assert 'value="LATE"' in refused.content.decode()


def test_a_dropped_tag_leaves_its_requests(olga):
    ticket = make_ticket(olga.workspace)
    tag = make_tag("Late", by=olga.agent)
    put_on(ticket, tag, by=olga.agent)

    olga.post(f"settings/tags/{tag.pk}/", {"drop": "yes"})

    assert tags_shown(olga, ticket) == []


def test_the_settings_page_costs_as_many_queries_however_many_tags(olga):
    counts = []
    for number in range(2):
        for each in range(5):
            make_tag(f"Tag {number} {each}", by=olga.agent)
        olga.look("settings/tags/")
        with CaptureQueriesContext(connection) as asked:
            olga.look("settings/tags/")
        counts.append(len(asked))

    assert counts[0] == counts[1]

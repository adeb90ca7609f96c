from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.contacts.recognise import recognise
from harken.desk.inbox.lists import ROWS_PER_PAGE
from harken.desk.tests.visits import Visitor, read, texts
from harken.tickets.factories import make_ticket
from harken.tickets.models import Ticket, Words
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


def make_waiting(visitor: Visitor, minutes: int, **details: Any) -> Ticket:
    ticket = make_ticket(visitor.workspace, **details)
    since = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    Ticket.objects.filter(pk=ticket.pk).update(waiting_since=since, last_activity_at=since)
    return Ticket.objects.get(pk=ticket.pk)


def subjects(visitor: Visitor, **query: str) -> list[str]:
    return texts(visitor.look("inbox/", **query), ".row-subject")


def test_who_waits_longest_stands_first(olga):
    make_waiting(olga, 5, subject="Short")
    make_waiting(olga, 90, subject="Long")

    assert subjects(olga) == ["Long", "Short"]


@pytest.mark.parametrize(("minutes", "mark"), [(58, "us"), (61, "us turn-us2"), (24 * 60 + 1, "late")])
def test_waiting_gets_louder(olga, minutes, mark):
    make_waiting(olga, minutes)

    shown = olga.look("inbox/").css_first(".row .turn").attributes["class"]

    assert shown == f"turn turn-{mark}"


def test_an_answered_request_stands_among_those_that_wait_for_them(olga):
    ticket = make_ticket(olga.workspace)
    ticket.reply(Words("Here it is."), by=olga.agent, seen_up_to=1)

    page = olga.look("inbox/")

    assert texts(page, "#rows-theirs .row-subject") == ["Bread"]
    assert texts(page, "#rows-ours .row") == []


def test_each_view_shows_its_own(olga):
    mine, _free, closed = (make_ticket(olga.workspace, subject=name) for name in ("Mine", "Free", "Closed"))
    mine.assign_to(olga.agent, by=olga.agent)
    closed.close(by=olga.agent)

    assert subjects(olga, view="mine") == ["Mine"]
    assert subjects(olga, view="unassigned") == ["Free"]
    assert subjects(olga, view="open") == ["Mine", "Free"]
    assert subjects(olga, view="closed") == ["Closed"]
    assert subjects(olga, view="no such view") == ["Mine", "Free"]


def test_the_rail_counts_what_waits_for_the_reader(olga):
    make_ticket(olga.workspace)
    make_ticket(olga.workspace).assign_to(olga.agent, by=olga.agent)
    make_ticket(olga.workspace).reply(Words("Done."), by=olga.agent, seen_up_to=1)

    page = olga.look("inbox/")

    assert texts(page, "[data-count=inbox]") == ["2", "2"]
    assert texts(page, "#views .n") == ["1", "1", "3", "1"]


def test_pages_show_every_request_once(olga):
    for number in range(ROWS_PER_PAGE + 7):
        make_waiting(olga, number // 3, subject=f"Question {number}")
    make_ticket(olga.workspace, subject="Answered").reply(Words("Yes."), by=olga.agent, seen_up_to=1)

    first = olga.look("inbox/")
    second = texts(olga.look("inbox/", before=key_in(first, "before")), ".row-subject")

    both = texts(first, ".row-subject") + second
    assert len(both) == len(set(both)) == ROWS_PER_PAGE + 8
    assert second[-1] == "Answered"


@pytest.mark.parametrize(
    "before", ["x", "ours", "ours.1", "ours..", "nobody.1.1", "ours.99999999999999999.1", "\0"]
)
def test_a_mangled_key_shows_a_page_all_the_same(olga, before):
    make_ticket(olga.workspace)

    assert olga.get("inbox/", before=before).status_code == 200


def test_a_nameless_customer_goes_by_their_address(olga):
    make_ticket(olga.workspace, email="ann@gmail.com", name="")

    assert texts(olga.look("inbox/"), ".row-who") == ["ann@gmail.com"]


def test_what_was_not_delivered_says_so_in_the_list(olga):
    ticket = make_ticket(olga.workspace)
    ticket.reply(Words("Here it is."), by=olga.agent, seen_up_to=1)
    ticket.show_problem(True)

    page = olga.look("inbox/")

    assert texts(page, ".row-peek") == ["Not delivered"]
    assert page.css_first(".row .turn-fail") is not None


def test_markup_in_a_subject_stays_words(olga):
    make_ticket(olga.workspace, subject="<script>alert(1)</script>")

    page = olga.look("inbox/")

    assert texts(page, ".row-subject") == ["<script>alert(1)</script>"]


def test_an_empty_view_says_the_good_news(olga):
    assert "Nobody is waiting" in texts(olga.look("inbox/"), ".nothing")[0]


def test_an_owner_without_a_mailbox_is_led_to_connecting_one():
    olga = Visitor.signed_in(make_agent(role="owner"))
    colleague = Visitor.signed_in(make_agent(olga.workspace, email="tomas@fennel.example"))

    assert step_of(olga) == olga.path("settings/channels/new/")
    channel = make_channel(olga.workspace)
    assert step_of(olga) == olga.path(f"settings/channels/{channel.pk}/?mend=imap_host")
    assert step_of(colleague) == ""
    channel.note_received(timezone.now())
    assert step_of(olga) == ""


def step_of(visitor):
    link = visitor.look("inbox/").css_first(".nothing .btn-go")
    return link.attributes["href"] if link else ""


def news_of(visitor: Visitor, *tickets: Ticket, view: str = "open") -> dict[Any, Any]:
    """Where an open list is told that each of these belongs now."""
    answer = visitor.get("inbox/rows/", n=[ticket.number for ticket in tickets], view=view)
    return {node.attributes["id"]: node.attributes["data-in"] for node in read(answer).css("li[data-in]")}


def test_news_say_where_each_row_belongs_now(olga):
    waiting, answered, closed = (make_ticket(olga.workspace, subject=name) for name in "abc")
    answered.reply(Words("Yes."), by=olga.agent, seen_up_to=1)
    closed.close(by=olga.agent)

    assert news_of(olga, waiting, answered, closed) == {
        f"row-{waiting.number}": "ours",
        f"row-{answered.number}": "theirs",
        f"row-{closed.number}": "",
    }


def test_news_bring_the_numbers_of_the_rail(olga):
    answer = olga.get("inbox/rows/", n=make_ticket(olga.workspace).number, view="mine").content.decode()

    assert 'hx-target="#views"' in answer


def test_news_of_many_cost_a_bounded_number_of_queries(olga, django_assert_max_num_queries):
    tickets = [make_ticket(olga.workspace) for _ in range(20)]

    with django_assert_max_num_queries(18):
        olga.get("inbox/rows/", n=[*(ticket.number for ticket in tickets), "x", "-1", "9" * 40])


def test_a_list_goes_on_upwards_as_it_went_downwards(olga):
    for number in range(ROWS_PER_PAGE + 20):
        make_waiting(olga, number // 3, subject=f"Question {number}")
    make_ticket(olga.workspace, subject="Answered").reply(Words("Yes."), by=olga.agent, seen_up_to=1)
    first = olga.look("inbox/")
    second = olga.look("inbox/", before=key_in(first, "before"))
    top = f"ours.{second.css_first('#rows-theirs li, .stretch li').attributes['data-at']}"

    above = olga.look("inbox/", above=top)

    assert texts(above, ".row-subject") == texts(first, ".row-subject")
    assert above.css_first("[data-more=above]") is None


def test_a_list_opens_around_the_row_somebody_comes_back_to(olga):
    tickets = [make_waiting(olga, 200 - number, subject=f"Question {number}") for number in range(70)]
    row = olga.look("inbox/", before=key_in(olga.look("inbox/"), "before")).css("li[id^=row-]")[5]

    page = olga.look("inbox/", around=f"ours.{row.attributes['data-at']}")
    beside = olga.look(f"tickets/{tickets[60].number}/")

    assert texts(page, ".row-subject")[8] == "Question 55"
    assert page.css_first("[data-more=above]") is not None
    assert "Question 60" in texts(beside, ".row[aria-current] .row-subject")


def key_in(page, side):
    """The key by which a page goes on in a direction."""
    return page.css_first(f"[data-more={side}] a").attributes["href"].partition(f"{side}=")[2]


def test_a_row_costs_no_query_of_its_own(olga, django_assert_max_num_queries):
    for number in range(30):
        identity = recognise(olga.workspace, f"p{number}@shop{number}.example", "")
        Ticket.open_for(identity, f"Question {number}", Words("Hello")).assign_to(
            make_agent(olga.workspace), by=olga.agent
        )

    with django_assert_max_num_queries(21):
        olga.get("inbox/")


def test_fifty_rows_are_light():
    # Each row has an address, and each address the workspace's name: always the same one.
    olga = Visitor.signed_in(make_agent(make_workspace(slug="fennel")))
    letters = [
        ("Priya Raman", "Two delivery windows on the same day: the Saturday market run is missing"),
        ("Анна Ковалёва", "Этикетки печатаются без состава, завтра у нас проверка"),
        ("中村 由美", "請求書の宛名変更のお願い"),
        ("خالد المنصوري", "لا أستطيع تسجيل الدخول منذ الصباح، والطلبات تتراكم"),
        ("Adébáyọ̀ Ọlá", "Ẹ jọ̀wọ́, ẹ ràn mí lọ́wọ́ pẹ̀lú àkọọ́lẹ̀ mi"),
    ]
    for number in range(ROWS_PER_PAGE):
        name, subject = letters[number % len(letters)]
        email = f"p{number}@crumb-{number}.example"
        make_ticket(olga.workspace, email, subject, f"{subject}. {subject}", name=name)

    # Uncompressed; the ids of rows that other tests have made before make it a little longer.
    assert len(olga.get("inbox/").content) <= 40_000

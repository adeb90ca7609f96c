"""The page of search; how things are found is tested in the search room."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent
from harken.agents.models import Token
from harken.desk.tests.visits import read, texts
from harken.fields import listing
from harken.fields.factories import make_field
from harken.search.tests.asking import index
from harken.tickets.factories import make_ticket
from harken.tickets.models import Area, OwnState, Words
from harken.tickets.own_names import answer_fields, put_in_area, put_into
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def bread(olga):
    ticket = make_ticket(olga.workspace, text="<b>Where</b> are my loaves?")
    ticket.note(Words("Her oven smokes"), by=olga.agent)
    index(olga.agent)
    return ticket


def test_what_is_found_stands_in_rows_with_its_words_marked(olga, bread):
    page = olga.look("search/", q="loaves")

    assert texts(page, ".found .row-subject") == ["Bread"]
    assert texts(page, ".found mark") == ["loaves"]
    assert texts(page, ".found .row-peek") == ["<b>Where</b> are my loaves?"]
    assert page.css_first("#q").attributes["value"] == "loaves"


def test_the_words_of_a_colleague_are_told_from_those_of_a_customer(olga, bread):
    page = olga.look("search/", q="oven")

    assert texts(page, ".found .row-peek")[0].startswith(olga.agent.name)


def test_to_htmx_the_rows_alone_are_given(olga, bread):
    answer = olga.get("search/", htmx=True, q="loaves")

    assert b"<html" not in answer.content
    assert texts(read(answer), ".row-subject") == ["Bread"]


def test_what_was_not_understood_corrected_or_not_found_is_said(olga, bread):
    said = " ".join(texts(olga.look("search/", q="loavse zap:1"), ".found"))
    nothing = " ".join(texts(olga.look("search/", q="<script>zzzzzz"), ".found"))

    assert "There is no filter “zap:”" in said
    assert "Shown for “loavse”: loaves" in said
    assert "Nothing about “<script>zzzzzz”" in nothing


def test_an_index_that_lies_behind_says_so(olga, bread):
    make_ticket(olga.workspace)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_pending SET at = now() - interval '1 minute'")

    assert "1 message cannot be found yet" in " ".join(texts(olga.look("search/", q="bread"), ".found"))


def test_further_pages_are_asked_for_by_key(olga):
    for number in range(60):
        make_ticket(olga.workspace, f"ann{number}@crumb.example", subject=f"n{number}")
    index(olga.agent)
    first = olga.look("search/", q="bread")

    further = first.css_first(".more a").attributes["href"].partition("&before=")[2]
    rest = read(olga.get("search/", htmx=True, q="bread", before=further))

    assert texts(first, ".found .row-subject") + texts(rest, ".row-subject") == [
        f"n{n}" for n in range(59, -1, -1)
    ]


def test_a_page_of_results_takes_a_bounded_number_of_queries(olga):
    for number in range(50):
        make_ticket(olga.workspace, f"ann{number}@crumb{number}.example")
    index(olga.agent)
    olga.get("search/", q="bread")

    with CaptureQueriesContext(connection) as asked:
        olga.get("search/", q="bread")

    assert len(asked) <= 32


def test_a_stranger_finds_nothing(olga, mallory, bread):
    assert texts(read(mallory.get("search/", q="loaves")), ".found .row") == []
    assert mallory.client.get(olga.path("search/?q=loaves")).status_code == 404


def test_the_api_finds_the_same_with_the_places_of_the_words(olga, bread):
    token = Token.objects.issue(make_agent(olga.workspace, "kim@fennel.example"), "script")[1]

    told = olga.client.get("/api/v1/search?q=loaves", headers={"Authorization": f"Bearer {token}"}).json()

    (result,) = told["results"]
    assert (result["number"], result["kind"], result["subject"]) == (
        bread.number,
        "contact",
        {"text": "Bread", "marks": []},
    )
    ((begin, end),) = result["snippet"]["marks"]
    assert result["snippet"]["text"][begin:end] == "loaves"


def test_the_api_pages_by_cursor(olga):
    for number in range(3):
        make_ticket(olga.workspace, f"ann{number}@crumb.example", subject=f"n{number}")
    index(olga.agent)
    token = Token.objects.issue(olga.agent, "script")[1]
    asked = {"headers": {"Authorization": f"Bearer {token}"}}

    first = olga.client.get("/api/v1/search?q=bread&limit=2", **asked).json()
    rest = olga.client.get(f"/api/v1/search?q=bread&limit=2&cursor={first['next']}", **asked).json()

    assert [each["subject"]["text"] for each in first["results"] + rest["results"]] == ["n2", "n1", "n0"]
    assert rest["next"] is None


def test_search_is_there_without_the_inbox_and_leads_to_nothing_that_is_not(olga):
    make_ticket(olga.workspace, text="Where is my sourdough?")
    index(olga.agent)
    olga.workspace.switch("inbox", on=False)

    field = olga.look("room/").css_first(".rail-top a").attributes["href"]
    page = read(olga.client.get(f"{field}?q=sourdough"))

    links = [each.attributes.get("href") or "" for each in page.css("a")]
    assert any("/tickets/" in link for link in links)
    assert [link for link in links if "/inbox/" in link or "/views/" in link] == []


def test_who_got_another_name_by_the_api_is_found_by_it_on_the_page(olga, bread):
    token = Token.objects.issue(make_agent(olga.workspace, "kim@fennel.example"), "script")[1]
    olga.client.patch(
        f"/api/v1/contacts/{bread.requester_id}",
        {"name": "Zuzana Pekárková"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    with wall.inside(olga.workspace.pk):
        index(olga.agent)

    assert texts(olga.look("search/", q="from:pekarkova"), ".found .row-subject") == ["Bread"]


@pytest.mark.parametrize(
    "question",
    [
        'state:"with the supplier"',
        "area:ovens",
        "field.insured:no",
        "area:ovens field.insured:no -state:spam",
    ],
)
def test_what_is_asked_in_our_own_words_is_saved_as_a_view(olga, bread, question):
    make_field(olga.agent, "Insured", kind="yes_no")
    answer_fields(bread, {"insured": "no"}, by=olga.agent)
    put_in_area(bread, listing.add(Area(name="Ovens"), by=olga.agent), by=olga.agent)
    put_into(
        bread, listing.add(OwnState(name="With the supplier", kind="waiting"), by=olga.agent), by=olga.agent
    )
    make_ticket(olga.workspace, "bob@jam.example", subject="Jam")
    olga.post("views/", {"name": "Ours alone", "question": question, "order": "newest"})
    address = olga.look("views/").css_first(".views-form[action]").attributes["action"]

    page = olga.look("inbox/", view=f"saved-{address.strip('/').split('/')[-1]}")

    assert texts(page, "h1")[0] == "Ours alone"
    assert texts(page, ".row-subject") == ["Bread"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("bread " * 1000, "Only the first 32 words"),
        ('"" "" “”', "There is no word in it"),
        ("- -- : | & !", "There is no word in it"),
        ("\u200f\u202e\u2066", "There is no word in it"),
    ],
)
def test_odd_questions_are_answered_with_a_sentence(olga, bread, question, words):
    assert words in " ".join(texts(olga.look("search/", q=question), ".found"))

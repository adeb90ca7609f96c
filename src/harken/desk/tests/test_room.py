from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.models import Delivery
from harken.contacts.factories import make_contact
from harken.desk.room.feed import ASKS_PER_PAGE
from harken.desk.tests.visits import Visitor, read, texts
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Message, Ticket, Words
from harken.tickets.states import State
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Visitor:
    """Olga, in a workspace as it is after opening: the room, and nothing switched on."""
    return Visitor.signed_in(make_agent(make_workspace(capabilities=[])))


def subjects(visitor: Visitor, **query: str) -> list[str]:
    return texts(visitor.look("room/", **query), ".ask-head .via")


def answer(visitor: Visitor, ticket: Ticket, *, htmx: bool = False, **typed: Any) -> Any:
    given = {
        "kind": "reply",
        "seen_up_to": ticket.last_position,
        "text": "It is on its way.",
        "key": str(uuid4()),
    }
    return visitor.post(f"room/{ticket.number}/messages/", given | typed, htmx=htmx)


def test_a_new_workspace_opens_in_the_room(olga):
    assert olga.get("").headers["Location"] == olga.path("room/")


def test_who_switched_the_inbox_on_starts_there():
    visitor = Visitor.signed_in(make_agent())

    assert visitor.get("").headers["Location"] == visitor.path("inbox/")


def test_without_the_switch_there_is_no_inbox(olga):
    ticket = make_ticket(olga.workspace)

    answers = [olga.get(page).status_code for page in ("inbox/", "inbox/held/", f"inbox/{ticket.number}/")]

    assert answers == [404, 404, 404]
    assert texts(olga.look("room/"), ".rail .nav li a") == ["Room 1", "People"]


def test_a_link_to_a_request_shows_it_alone(olga):
    ticket = make_ticket(olga.workspace, text="Where is my bread?")

    page = olga.look(f"tickets/{ticket.number}/")

    assert "Where is my bread?" in texts(page, ".msg-body")[0]
    assert page.css_first("#list") is None


def test_what_something_happened_on_last_stands_at_the_end(olga):
    first, _second = (make_ticket(olga.workspace, subject=name) for name in ("First", "Second"))
    make_message(first)

    assert subjects(olga) == ["Second", "First"]


def test_only_who_waits_is_shown_when_asked_for(olga):
    make_ticket(olga.workspace, subject="Answered").close(by=olga.agent)
    make_ticket(olga.workspace, subject="Waiting")

    assert subjects(olga, show="waiting") == ["Waiting"]


@pytest.mark.parametrize("state", [State.SPAM, State.MERGED])
def test_spam_and_what_was_merged_away_is_not_there(olga, state):
    make_ticket(olga.workspace)
    Ticket.objects.update(state=state, waiting_since=None)

    assert subjects(olga) == []


def test_their_words_answers_and_notes_stand_together(olga):
    ticket = make_ticket(olga.workspace, text="Where is my bread?")
    ticket.note(Words("Ask Tomás."), by=make_agent(olga.workspace))
    ticket.reply(Words("Here it is."), by=olga.agent, seen_up_to=2)

    page = olga.look("room/")

    assert texts(page, ".voice") == ["Where is my bread?"]
    assert [words.split(" ")[0] for words in texts(page, ".said")] == ["Olga", "You"]
    assert texts(page, ".said-note .said-words") == ["Ask Tomás."]


def test_the_last_words_of_the_customer_are_there_however_much_was_noted(olga):
    ticket = make_ticket(olga.workspace, text="Where is my bread?")
    for number in range(8):
        ticket.note(Words(f"Note {number}"), by=olga.agent)

    page = olga.look("room/")

    assert texts(page, ".voice") == ["Where is my bread?"]
    assert texts(page, ".said-words")[-1] == "Note 7"
    assert "Earlier, 4 messages" in texts(page, ".quoted")


def test_long_words_are_folded_and_never_lost(olga):
    ticket = make_ticket(olga.workspace, text=" ".join(f"word{number}" for number in range(2_000)))

    page = olga.look("room/")

    assert len(texts(page, ".ask-body > .voice")[0]) <= 700
    assert texts(page, "details .voice")[0].startswith("word")
    assert page.css_first(".quoted a").attributes["href"].startswith(olga.path(f"tickets/{ticket.number}/"))


def test_a_page_of_long_letters_stays_light(olga):
    for _number in range(3):
        make_ticket(olga.workspace, text="<b>bold</b> " * 80_000)

    assert len(olga.get("room/").content) < 80_000


@pytest.mark.parametrize("name", ["x" * 10_000, "   ", "\u202e\u200f", "<script>alert(1)</script>"])
def test_bad_names_and_subjects_break_nothing(olga, name):
    make_ticket(olga.workspace, subject=name, name=name, text="Bread")

    page = olga.look("room/")

    assert texts(page, ".ask .voice") == ["Bread"]
    assert page.css_first(".ask script") is None


def test_older_requests_come_page_by_page_each_once(olga):
    for number in range(ASKS_PER_PAGE + 3):
        make_ticket(olga.workspace, subject=f"Question {number}")

    page = olga.look("room/")
    further = page.css_first(".older a").attributes["href"].split("?before=")[1]
    older = olga.look("room/", before=further)

    seen = texts(older, ".ask-head .via") + texts(page, ".ask-head .via")
    assert seen == [f"Question {number}" for number in range(ASKS_PER_PAGE + 3)]
    assert older.css_first(".older") is None


def test_a_changed_key_shows_the_end(olga):
    make_ticket(olga.workspace, subject="Bread")

    assert subjects(olga, before="9" * 40 + ".x") == ["Bread"]


def test_without_scripts_a_request_is_answered_on_its_own_page(olga):
    ticket = make_ticket(olga.workspace)
    link = olga.look("room/").css_first("[data-do=reply]").attributes["href"]
    form = read(olga.client.get(link)).css_first(".ask form.composer")
    assert form.attributes["action"] == olga.path(f"room/{ticket.number}/messages/")

    response = answer(olga, ticket)

    assert response.headers["Location"] == olga.path(f"room/#ask-{ticket.number}")
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING
    assert ticket.messages.last().to == ["ann@crumb.example"]


def test_an_answer_comes_back_with_the_request_as_it_is_now(olga):
    ticket = make_ticket(olga.workspace)

    page = read(answer(olga, ticket, htmx=True))

    assert page.css_first("form.composer") is None
    assert texts(page, ".said-words") == ["It is on its way."]
    assert page.css_first("[data-mark]").attributes["data-mark"] == "them"


def test_a_note_changes_no_turn(olga):
    ticket = make_ticket(olga.workspace)

    answer(olga, ticket, kind="note", text="She called.")

    ticket.refresh_from_db()
    assert ticket.is_our_turn
    assert ticket.messages.last().kind == Message.Kind.NOTE


def test_an_answer_may_close_with_it(olga):
    ticket = make_ticket(olga.workspace)

    answer(olga, ticket, then="close", attachments=SimpleUploadedFile("plan.txt", b"05:30"))

    ticket.refresh_from_db()
    assert ticket.is_closed
    assert texts(olga.look("room/"), ".said .files a") == ["plan.txt 5 B"]


@pytest.mark.parametrize("htmx", [True, False])
def test_nobody_answers_blind_and_nothing_typed_is_lost(olga, htmx):
    ticket = make_ticket(olga.workspace)
    make_message(ticket, "Never mind!")

    response = answer(olga, ticket, htmx=htmx, seen_up_to=1)

    page = read(response)
    assert response.status_code == 409
    assert htmx or page.css_first("[name=text]").text() == "It is on its way."
    assert "Never mind!" in texts(page, ".composer-news")[0]
    assert not ticket.messages.filter(kind=Message.Kind.REPLY).exists()
    seen = page.css_first("[name=seen_up_to]").attributes["value"]
    assert answer(olga, ticket, seen_up_to=seen).status_code == 302


def test_an_empty_answer_is_refused_in_words(olga):
    response = answer(olga, make_ticket(olga.workspace), text="  ", htmx=True)

    assert response.status_code == 422
    assert "Nothing was sent" in texts(read(response), ".composer-news")[0]


def test_done_and_taken_back(olga):
    ticket = make_ticket(olga.workspace)

    closed = read(olga.post(f"room/{ticket.number}/closure", htmx=True))
    assert closed.css_first("[data-mark]").attributes["data-mark"] == "done"
    olga.post(f"room/{ticket.number}/closure", {"undo": "1"})

    ticket.refresh_from_db()
    assert ticket.is_our_turn


def test_what_did_not_arrive_says_so_and_is_sent_again(olga):
    ticket = make_ticket(olga.workspace)
    message = ticket.reply(Words("Here it is."), by=olga.agent, seen_up_to=1)
    Delivery.objects.filter(message=message).update(state="failed", words="550 5.2.2 full")
    ticket.show_problem(True)

    page = olga.look("room/")
    assert "Not delivered to ann@crumb.example. Their mailbox is full" in texts(page, ".say-bad")[0]
    olga.post(f"room/messages/{message.pk}/deliveries/", htmx=True)

    assert Delivery.objects.get(message=message).state == "queued"


def test_a_change_comes_in_place_and_a_new_request_at_the_end(olga):
    ticket = make_ticket(olga.workspace)

    known = olga.get(f"room/{ticket.number}/", htmx=True, known="")
    new = olga.get(f"room/{ticket.number}/", htmx=True, after="")

    assert known.headers["HX-Retarget"] == f"#ask-body-{ticket.number}"
    assert new.headers["HX-Retarget"] == "#asks"
    assert read(new).css_first(f"#ask-{ticket.number} form") is not None
    assert len(texts(read(new), ".day")) == 1


def test_news_of_an_old_request_does_not_come_in_at_the_end(olga):
    old = make_ticket(olga.workspace)
    make_ticket(olga.workspace, subject="Newer")
    last = olga.look("room/").css_first("[data-key-of-page]").attributes["data-key-of-page"]

    assert olga.get(f"room/{old.number}/", htmx=True, after=last).status_code == 204


def test_beside_it_stands_who_waits_and_where_requests_come_from(olga):
    make_channel(olga.workspace, "help@fennel.example")
    make_ticket(olga.workspace, subject="Bread")

    page = olga.look("room/")

    assert texts(page, ".mini-wait small") == ["Bread"]
    assert texts(page, ".part-tip li") == ["help@fennel.examplenot yet"]
    assert texts(page, ".here li") == ["OPOlga Petrova (you) here"]
    assert texts(read(olga.get("room/aside", htmx=True)), ".mini-wait small") == ["Bread"]


def test_an_empty_room_tells_good_news_first(olga):
    assert "Nobody is waiting" in texts(olga.look("room/"), ".empty strong")


def test_a_question_to_the_team_is_a_request_of_its_own(olga):
    asked = {"text": "Who has the key?", "key": str(uuid4())}

    olga.post("room/questions/", asked)
    olga.post("room/questions/", asked)

    assert texts(olga.look("room/"), ".ask .voice") == ["Who has the key?"]


def test_a_long_question_is_asked_whole(olga):
    olga.post("room/questions/", {"text": "x" * 20_100})

    assert len(Message.objects.get().text) == 20_100


def test_a_name_finds_people_to_write_to(olga):
    ann = make_contact(olga.workspace)

    links = read(olga.get("people/choices", htmx=True, text="ann")).css("a")

    assert links[0].attributes["href"].endswith(f"requests/new/?to={ann.pk}")


def test_strangers_find_no_room_here(olga, mallory):
    ticket = make_ticket(olga.workspace)
    address = olga.path(f"room/{ticket.number}/")

    assert mallory.client.get(olga.path("room/")).status_code == 404
    assert mallory.client.get(address).status_code == 404
    assert mallory.client.post(f"{address}messages/").status_code == 404
    assert mallory.client.post(f"{address}closure").status_code == 404


def test_the_number_of_queries_does_not_grow(olga, django_assert_num_queries, django_assert_max_num_queries):
    def fill() -> None:
        for number in range(5):
            ticket = make_ticket(olga.workspace, f"ann{number}@crumb.example", name="")
            ticket.note(Words("Hm."), by=olga.agent)
            ticket.reply(Words("Here."), by=olga.agent, seen_up_to=2)
            make_message(ticket, email=f"ann{number}@crumb.example")

    fill()
    olga.get("room/")
    with django_assert_max_num_queries(26) as few:
        olga.get("room/")
    fill()
    with django_assert_num_queries(len(few.captured_queries)):
        olga.get("room/")


def test_search_and_signing_out_are_reached_from_a_small_screen(olga):
    page = olga.look("room/")

    assert texts(page, ".tabbar > :is(a, details)")[-2:] == ["Search", "More Settings Sign out"]

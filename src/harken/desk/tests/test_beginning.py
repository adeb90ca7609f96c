"""A first letter to somebody, from outside: written like every answer, kept while it is typed, sent once."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from harken.agents.factories import make_agent
from harken.automations.factories import make_reply
from harken.channels.factories import make_channel
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.files.factories import DOT_GIF
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_ticket
from harken.tickets.models import Draft, Message, Ticket, Words
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

KEY = uuid.UUID("7f2c1f0e-8d2b-4c55-9a37-0f5f6a3f2f11")


@pytest.fixture
def ann(olga: Visitor) -> Any:
    return make_ticket(olga.workspace).requester


def save(visitor: Visitor, **given: Any) -> Any:
    body = {"kind": "reply", "text": "", "html": "", "version": 0, "seen_up_to": 0, "key": str(KEY)} | given
    path = visitor.path(f"letters/{KEY}/draft")
    answer = visitor._back(visitor.client.put(path, json.dumps(body), content_type="application/json"))
    return json.loads(answer.content)


def send(visitor: Visitor, *, htmx: bool = False, **typed: Any) -> HttpResponse:
    letter = {
        "to": "ann@crumb.example",
        "subject": "Your new shop",
        "text": "When do you open?",
        "key": str(KEY),
    }
    return visitor.post("requests/new/", letter | typed, htmx=htmx)


def test_writing_to_somebody_begins_a_request(olga, ann):
    form = olga.look(f"requests/new/?to={ann.pk}")
    assert attribute(form, "[name=to]", "value") == '"Ann Baker" <ann@crumb.example>'
    key = attribute(form, "input[name=key]", "value")

    answers = [send(olga, to='"Ann Baker" <ann@crumb.example>', key=key) for _click in range(2)]

    started = Ticket.objects.get(subject="Your new shop")
    assert [answer["Location"] for answer in answers] == [olga.path(f"tickets/{started.number}/")] * 2
    assert (started.requester, started.state) == (ann, Ticket.State.WAITING)
    assert started.messages.get().text == "When do you open?"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"to": ""}, "Nothing was sent: there is no address under “to”"),
        ({"to": "nobody"}, "is not a mail address"),
        ({"text": "  "}, "the message is empty"),
        ({"subject": "x" * 10_000}, "at most 500"),
        ({"text": "Hello {{ contact.nickname }}"}, "still to be filled in: {{ contact.nickname }}"),
    ],
    ids=["nobody", "no address", "no words", "long subject", "hole"],
)
def test_a_refused_letter_keeps_everything_typed(olga, wrong, words):
    typed = {"to": "ann@crumb.example", "bcc": "bob@mill.example", "text": "Half an hour of work"} | wrong

    response = send(olga, **typed)

    assert response.status_code == 422
    page = read(response)
    assert words in texts(page, ".composer-news [role=alert]")[0]
    assert attribute(page, "[name=to]", "value") == typed["to"]
    assert attribute(page, "[name=bcc]", "value") == "bob@mill.example"
    assert texts(page, "textarea[name=text]")[0] == typed["text"].strip()
    assert attribute(page, "[name=key]", "value") == str(KEY)
    assert not Ticket.objects.exists()


def test_with_scripts_a_refusal_touches_nothing_typed_and_the_way_leads_to_the_request(olga):
    refused = send(olga, htmx=True, to="nobody")
    sent = send(
        olga, htmx=True, html="<div>When do <b>you</b> open?</div><script>1</script>", bcc="bob@mill.example"
    )

    assert refused.status_code == 422
    assert "is not a mail address" in refused.content.decode()
    assert "textarea" not in refused.content.decode()
    message = Message.objects.get()
    assert sent["HX-Redirect"] == olga.path(f"tickets/{message.ticket.number}/")
    assert message.html == "<div>When do <b>you</b> open?</div>"
    assert message.bcc == ["bob@mill.example"]


def test_a_letter_is_kept_while_it_is_typed_and_stands_on_every_device(olga, ann):
    told = save(
        olga, html="<div>Dear <b>Ann</b></div>", subject="Your shop", recipients={"to": "ann@", "cc": ""}
    )

    page = olga.look("requests/new/", letter=str(KEY))
    assert told["version"] == 1
    assert texts(page, "textarea[name=text]") == ["Dear Ann"]
    assert attribute(page, "[name=to]", "value") == "ann@"
    assert attribute(page, "[name=subject]", "value") == "Your shop"
    begun = olga.look("requests/new/").css_first(".begun a")
    assert (begun.text(), begun.attributes["href"]) == (
        "ann@ · Your shop",
        f"{olga.path('requests/new/')}?letter={KEY}",
    )


def test_the_older_of_two_pages_does_not_write_over_the_newer(olga):
    save(olga, text="Dear Ann")
    newer = save(olga, text="Dear Ann, hello", version=1)

    older = save(olga, text="Dear", version=1)

    assert (newer["version"], older["version"], older["text"]) == (2, 2, "Dear Ann, hello")
    assert older["key"] == str(KEY)


def test_a_letter_leaves_with_its_files_and_pictures_and_is_a_draft_no_more(olga):
    gif = SimpleUploadedFile("dot.gif", DOT_GIF, "image/gif")
    picture = json.loads(olga.post(f"letters/{KEY}/draft/files/", {"file": gif, "inline": "1"}).content)
    for name in ("list.txt", "off.txt"):
        last = json.loads(
            olga.post(f"letters/{KEY}/draft/files/", {"file": SimpleUploadedFile(name, b"x")}).content
        )
    olga.delete(f"letters/{KEY}/draft/files/{last['id']}")

    send(olga, html=f'<div>See <img data-cid="{picture["content_id"]}"></div>')

    message = Message.objects.get()
    assert [(each.name, each.is_inline) for each in message.attachments.all()] == [
        ("dot.gif", True),
        ("list.txt", False),
    ]
    assert not Draft.objects.exists()


def test_other_words_under_a_key_that_was_sent_become_a_letter_of_their_own(olga):
    send(olga)

    again = read(send(olga, text="And when do you close?"))
    fresh = attribute(again, "[name=key]", "value")
    send(olga, text="And when do you close?", key=fresh)

    assert "was sent already" in texts(again, ".composer-news [role=alert]")[0]
    assert fresh != str(KEY)
    assert Ticket.objects.count() == 2


@pytest.fixture
def taken_back(olga: Visitor) -> HttpResponse:
    """A letter with a file, sent and taken back within the time there is."""
    make_channel(olga.workspace)
    olga.workspace.own_undo_seconds = 10
    olga.workspace.save()
    olga.post(f"letters/{KEY}/draft/files/", {"file": SimpleUploadedFile("list.txt", b"x")})
    send(olga, html="<div>When do <b>you</b> open?</div>", cc="bob@mill.example")
    return olga.post(f"messages/{Message.objects.get().pk}/taking-back")


def test_a_letter_that_is_taken_back_is_a_letter_again_and_leaves_no_request(olga, taken_back):
    page = read(olga.client.get(taken_back["Location"]))

    assert not Ticket.objects.exists()
    assert texts(page, "textarea[name=html]") == ["<div>When do <b>you</b> open?</div>"]
    shown = [attribute(page, f"[name={name}]", "value") for name in ("to", "cc", "subject")]
    assert shown == ["ann@crumb.example", "bob@mill.example", "Your new shop"]
    assert len(page.css(".composer-files li")) == 1


def test_what_was_taken_back_does_not_leave_by_the_same_press_once_more(olga, taken_back):
    again = send(olga)

    assert again.status_code == 409
    assert "you took this answer back" in texts(read(again), ".composer-news [role=alert]")[0]
    assert not Ticket.objects.exists()


def test_where_a_colleague_has_done_something_the_request_stays(olga):
    make_channel(olga.workspace)
    olga.workspace.own_undo_seconds = 10
    olga.workspace.save()
    send(olga)
    ticket = Ticket.objects.get()
    ticket.note(Words("Ask her about rye."), by=make_agent(olga.workspace, "kim@fennel.example"))

    olga.post(f"messages/{ticket.messages.get(position=1).pk}/taking-back")

    assert draft_of(ticket, olga.agent)
    assert ticket.messages.get().text == "Ask her about rye."


def test_a_letter_is_let_go(olga):
    save(olga, text="Dear Ann")

    answer = olga.post(f"letters/{KEY}/draft")

    assert answer["Location"] == olga.path("requests/new/")
    assert not Draft.objects.exists()


def test_a_saved_reply_is_filled_in_for_whom_a_letter_goes_to(olga, ann):
    reply = make_reply(
        olga.agent, "Hi", "Hello {{ contact.first_name }}, {{ ticket.subject }} {{ ticket.number }}"
    )
    page = f"saved-replies/{reply.pk}/uses/"

    known = json.loads(
        olga.post(
            page, {"number": "", "to": "Ann <Ann@crumb.example>, x@y.example", "subject": "Bread"}
        ).content
    )
    unknown = json.loads(olga.post(page, {"number": "", "to": "ann@"}).content)

    assert known["text"] == "Hello Ann, Bread {{ ticket.number }}"
    assert known["missing"] == ["{{ ticket.number }}"]
    assert len(unknown["missing"]) == 3


def test_a_letter_leaves_from_the_mailbox_chosen_and_shows_its_signature(olga):
    make_channel(olga.workspace)
    second = make_channel(olga.workspace, address="sales@fennel.example")
    second.mailbox.signature = "Sales at {company}"
    second.mailbox.save()
    save(olga, text="Dear Ann", sender=str(second.pk))

    page = olga.look("requests/new/", letter=str(KEY))
    send(olga, sender=str(second.pk))

    assert "Sales at" in texts(page, ".composer-signature blockquote")[0]
    assert attribute(page, "[name=sender] option[selected]", "value") == str(second.pk)
    assert Ticket.objects.get().channel_id == second.pk


def test_a_strangers_mailbox_sends_nothing(olga, mallory):
    with wall.inside(mallory.workspace.pk):
        foreign = make_channel(mallory.workspace)

    send(olga, sender=str(foreign.pk))

    assert Ticket.objects.get().channel_id is None


def test_a_letter_is_its_writers_alone(olga, mallory):
    save(olga, text="Dear Ann")
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))

    assert texts(kim.look("requests/new/", letter=str(KEY)), "textarea[name=text]") == [""]
    assert kim.look("requests/new/").css(".begun li") == []
    assert mallory.client.get(olga.path(f"letters/{KEY}/draft")).status_code == 404
    kim.post(f"letters/{KEY}/draft")
    wall.enter(olga.workspace.pk)
    assert draft_of(KEY, olga.agent)


def test_letters_begun_cost_as_many_questions_however_many(olga, django_assert_max_num_queries):
    counts = []
    olga.look("requests/new/")
    for number in range(2):
        for each in range(4):
            Draft.objects.create(
                workspace=olga.workspace, agent=olga.agent, key=uuid.uuid4(), text=f"{number} {each}"
            )
        with django_assert_max_num_queries(40) as asked:
            olga.look("requests/new/")
        counts.append(len(asked))

    assert counts[0] == counts[1]

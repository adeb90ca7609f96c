import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent
from harken.automations.factories import make_reply
from harken.automations.models import SavedReply
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.tickets.factories import make_ticket
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

PAGE = "settings/saved-replies/"


@pytest.fixture
def kim(olga: Visitor) -> Visitor:
    return Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))


def seen_by(visitor: Visitor, reply: SavedReply) -> str:
    return attribute(visitor.look(f"{PAGE}{reply.pk}/"), "[name=seen]", "value") or ""


def test_the_settings_lead_to_the_list_and_that_to_a_new_one(olga: Visitor):
    overview = olga.look("settings/", q="canned")
    empty = olga.look(PAGE)

    assert texts(overview, "main a b, main a strong, main dt, main a")[0].startswith("Saved replies")
    assert texts(empty, ".empty strong") == ["No saved reply yet"]
    assert attribute(empty, ".empty a", "href") == olga.path(f"{PAGE}new/")


def test_a_reply_is_written_and_stands_in_the_list(olga: Visitor):
    typed = {
        "name": "Thanks",
        "shortcut": "/ty",
        "text": "Thank you, {{ contact.nickname }}",
        "is_shared": "on",
    }

    made = olga.post(f"{PAGE}new/", typed)
    listed = olga.look(PAGE)

    assert made.status_code == 302
    assert texts(listed, ".replies-name") == ["Thanks"]
    assert texts(listed, ".replies kbd") == ["/ty"]
    assert "{{ contact.nickname }}" in texts(listed, ".replies .err")[0]


def test_a_refusal_keeps_what_was_typed(olga: Visitor):
    make_reply(olga.agent, "Thanks", shortcut="ty")

    typed = {"name": "Other", "shortcut": "ty", "html": "<p><b>Hi</b></p>", "is_shared": "on"}
    refused = olga.post(f"{PAGE}new/", typed)

    assert refused.status_code == 422
    page = read(refused)
    assert "Another saved reply has this shortcut" in texts(page, ".err")[0]
    assert attribute(page, "[name=name]", "value") == "Other"
    assert texts(page, "[name=html]") == ["<p><b>Hi</b></p>"]


def test_two_who_change_the_same_reply_lose_nothing(olga: Visitor, kim: Visitor):
    reply = make_reply(olga.agent, "Thanks", "Thank you.")
    seen = seen_by(olga, reply)
    kim.post(
        f"{PAGE}{reply.pk}/",
        {"name": "Thanks", "text": "Thank you, {{ contact.name }}.", "is_shared": "on", "seen": seen},
    )

    mine = {"name": "Thanks a lot", "text": "Many thanks.", "is_shared": "on", "seen": seen}
    refused = olga.post(f"{PAGE}{reply.pk}/", mine)
    page = read(refused)

    assert refused.status_code == 422
    assert texts(page, ".missed dd") == ["Thank you, {{ contact.name }}."]
    assert texts(page, "[name=text]") == ["Many thanks."]
    assert SavedReply.objects.get().text == "Thank you, {{ contact.name }}."

    again = mine | {"seen": attribute(page, "[name=seen]", "value") or ""}
    assert olga.post(f"{PAGE}{reply.pk}/", again).status_code == 302
    assert SavedReply.objects.get().text == "Many thanks."


def test_another_form_of_the_same_words_is_a_change_too(olga: Visitor, kim: Visitor):
    reply = make_reply(olga.agent, "Thanks", html="<p>Thank you.</p>")
    seen = seen_by(olga, reply)
    kim.post(f"{PAGE}{reply.pk}/", {"name": "Thanks", "html": "<p>Thank <b>you</b>.</p>", "seen": seen})

    typed = {"name": "Thanks", "text": "Thanks.", "html": "<p>Thanks.</p>", "is_shared": "on", "seen": seen}

    assert olga.post(f"{PAGE}{reply.pk}/", typed).status_code in (404, 422)


def test_without_scripts_the_form_of_a_reply_stays_while_its_words_do(olga: Visitor):
    reply = make_reply(olga.agent, "Thanks", html="<p>Thank <b>you</b>.</p>")
    typed = {"name": "Thank you", "text": reply.text, "is_shared": "on"}

    olga.post(f"{PAGE}{reply.pk}/", typed)
    assert SavedReply.objects.get().html == "<p>Thank <b>you</b>.</p>"

    olga.post(f"{PAGE}{reply.pk}/", typed | {"text": "Thanks"})
    assert (SavedReply.objects.get().html, SavedReply.objects.get().text) == ("", "Thanks")


def test_a_reply_is_removed_and_brought_back(olga: Visitor):
    reply = make_reply(olga.agent)

    page = read(olga.post(f"{PAGE}{reply.pk}/removal"))
    gone = olga.get(f"{PAGE}{reply.pk}/").status_code
    olga.post(f"{PAGE}{reply.pk}/removal", {"undo": "1"})

    assert texts(page, ".say button") == ["Undo"]
    assert gone == 404
    assert texts(olga.look(PAGE), ".replies-name") == ["Thanks"]


def test_the_list_offers_what_fits_and_one_is_filled_in(olga: Visitor):
    ticket = make_ticket(olga.workspace, "ann@crumb.example")
    ticket.requester.name = "Ann <Baker>"
    ticket.requester.save()
    reply = make_reply(
        olga.agent, "Greeting", html="<p>Hello {{ contact.name }} of {{ company.name }}</p>", shortcut="hi"
    )
    make_reply(olga.agent, "Thanks")

    offered = olga.look("saved-replies/", q="hi")
    used = json.loads(olga.post(f"saved-replies/{reply.pk}/uses/", {"number": ticket.number}).content)

    assert attribute(offered, "[role=option]", "data-name") == "Greeting"
    assert len(offered.css("[role=option]")) == 1
    assert "Hello Ann &lt;Baker&gt; of" in used["html"]
    assert used["missing"] == (["{{ company.name }}"] if ticket.company is None else [])
    assert SavedReply.objects.get(pk=reply.pk).uses == 1


def test_who_it_is_written_to_may_be_half_typed(olga: Visitor):
    reply = make_reply(olga.agent, "Greeting", html="<p>Hello {{ contact.name }}</p>")

    used = olga.post(f"saved-replies/{reply.pk}/uses/", {"to": "a\0b@crumb.example, ann@"})

    assert json.loads(used.content)["missing"] == ["{{ contact.name }}"]


def test_what_was_written_is_kept_as_a_reply(olga: Visitor):
    kept = olga.post("saved-replies/", {"name": "Opening hours", "text": "We open at five."})
    refused = olga.post("saved-replies/", {"name": "Nothing", "text": " "})

    reply = SavedReply.objects.get()
    assert (kept.status_code, refused.status_code) == (201, 422)
    assert (reply.name, reply.text, reply.is_shared) == ("Opening hours", "We open at five.", False)
    assert "needs words" in json.loads(refused.content)["problem"]


def test_a_stranger_and_a_colleague_find_nothing_of_ones_own(olga: Visitor, kim: Visitor, mallory: Visitor):
    reply = make_reply(olga.agent, is_shared=False)
    ticket = make_ticket(olga.workspace)
    pages = (f"{PAGE}{reply.pk}/", f"{PAGE}{reply.pk}/removal", f"saved-replies/{reply.pk}/uses/")

    for page in pages:
        assert kim.post(page, {"number": ticket.number}).status_code == 404
        assert mallory.post(page, {"number": ticket.number}).status_code == 404
        assert mallory.client.post(olga.path(page)).status_code == 404
    assert kim.look("saved-replies/").css("[role=option]") == []

    wall.enter(olga.workspace.pk)
    shared = make_reply(olga.agent, "Shared")
    with wall.inside(mallory.workspace.pk):
        make_ticket(mallory.workspace)
        foreign = make_ticket(mallory.workspace)
    assert olga.post(f"saved-replies/{shared.pk}/uses/", {"number": foreign.number}).status_code == 404


def test_the_list_costs_as_many_queries_however_many_replies(olga: Visitor):
    counts = []
    for number in range(2):
        for each in range(5):
            make_reply(olga.agent, f"Reply {number} {each}")
        olga.look(PAGE)
        with CaptureQueriesContext(connection) as asked:
            olga.look(PAGE)
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_an_answer_with_a_hole_is_asked_about_before_it_leaves(olga: Visitor):
    ticket = make_ticket(olga.workspace, "ann@crumb.example")
    page = f"tickets/{ticket.number}/messages/"
    typed = {
        "kind": "reply",
        "seen_up_to": "1",
        "html": "<p>Hello {{&nbsp;contact.name }}</p>",
        "then": "close",
    }

    asked = olga.post(page, typed)
    sent_before = ticket.messages.filter(kind="reply").count()
    told = read(asked)

    assert (asked.status_code, sent_before) == (422, 0)
    assert "still to be filled in: {{ contact.name }}" in texts(told, ".composer-news [role=alert]")[0]
    assert attribute(told, "[name=as_it_stands]", "value") == "close"
    assert olga.post(page, typed | {"then": "", "as_it_stands": "close"}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.closed_at is not None
    assert ticket.messages.filter(kind="reply").count() == 1


def test_a_note_may_have_holes(olga: Visitor):
    ticket = make_ticket(olga.workspace)

    noted = olga.post(
        f"tickets/{ticket.number}/messages/", {"kind": "note", "seen_up_to": "1", "text": "{{ x }}"}
    )

    assert noted.status_code == 302

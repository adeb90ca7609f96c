"""Saved replies in several languages and with files, from outside."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.agents.factories import make_agent
from harken.automations.enclosing import MOST_FILES, enclose
from harken.automations.factories import make_reply
from harken.automations.languages import keep_variant
from harken.automations.models import SavedReply, SavedReplyFile
from harken.automations.saved_replies import remove_reply
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.files.models import File
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import DraftFile, Message, Ticket

pytestmark = pytest.mark.django_db

PAGE = "settings/saved-replies/"
RUSSIAN = "Здравствуйте, {{ contact.first_name }}, мы открываемся в пять."


@pytest.fixture
def reply(olga: Visitor) -> SavedReply:
    return make_reply(
        olga.agent, "Hours", "Hello {{ contact.first_name }}, we open at five.", shortcut="hours"
    )


@pytest.fixture
def russian(olga: Visitor, reply: SavedReply) -> SavedReply:
    keep_variant(reply, "ru", text=RUSSIAN, html="", by=olga.agent)
    return reply


@pytest.fixture
def bread(olga: Visitor) -> Ticket:
    return make_ticket(olga.workspace)


def offered(visitor: Visitor, **about: Any) -> list[str | None]:
    page = visitor.look("saved-replies/", q="hours", **about)
    return [node.attributes["data-language"] for node in page.css("[role=option]")]


def use(visitor: Visitor, reply: SavedReply, ticket: Ticket, **typed: Any) -> Any:
    answer = visitor.post(f"saved-replies/{reply.pk}/uses/", {"number": ticket.number, **typed})
    return json.loads(answer.content)


def test_a_text_in_another_language_is_written_read_and_removed(olga: Visitor, reply: SavedReply):
    page = f"{PAGE}{reply.pk}/in/ru/"
    saved = olga.post(page, {"html": "<p>Привет, <b>{{ contact.nickname }}</b></p>"})
    shown = olga.look(page)

    assert saved.status_code == 302
    assert texts(shown, "textarea[name=html]") == ["<p>Привет, <b>{{ contact.nickname }}</b></p>"]
    assert "{{ contact.nickname }}" in texts(shown, ".err")[-1]
    assert texts(olga.look(f"{PAGE}{reply.pk}/"), ".reply-tabs > a") == ["For everybody", "Русский"]
    listed = olga.look(PAGE)
    assert texts(listed, ".replies .tag") == ["Русский"]
    assert "{{ contact.nickname }}" in texts(listed, ".replies .err")[0]

    olga.post(page, {"remove": "1"})
    assert not reply.variants.exists()


def test_a_text_without_words_is_refused(olga: Visitor, reply: SavedReply):
    refused = olga.post(f"{PAGE}{reply.pk}/in/ru/", {"text": " "})

    assert refused.status_code == 422
    assert "needs words" in texts(read(refused), ".err")[0]
    assert olga.get(f"{PAGE}{reply.pk}/in/xx/").status_code == 404


def test_two_colleagues_who_change_one_text_both_keep_their_words(olga: Visitor, russian: SavedReply):
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))
    page = f"{PAGE}{russian.pk}/in/ru/"
    seen = attribute(olga.look(page), "[name=seen]", "value")
    kim.post(page, {"text": "Мы закрыты.", "seen": seen})

    refused = read(olga.post(page, {"text": "Приходите завтра.", "seen": seen}))
    again = attribute(refused, "[name=seen]", "value")
    saved = olga.post(page, {"text": "Приходите завтра.", "seen": again})

    assert texts(refused, ".missed dd") == ["Мы закрыты."]
    assert texts(refused, "textarea[name=text]") == ["Приходите завтра."]
    assert saved.status_code == 302
    assert russian.variants.get().text == "Приходите завтра."


def test_the_customers_language_is_offered_first_and_the_others_stay_at_hand(
    olga: Visitor, russian: SavedReply, bread: Ticket
):
    assert offered(olga, number=bread.number) == ["", "ru"]

    make_message(bread, "Когда вы открываетесь завтра?")

    assert offered(olga, number=bread.number) == ["ru", ""]
    assert offered(olga, letter=str(uuid.uuid4()), to="Ann <ann@crumb.example>") == ["ru", ""]
    assert offered(olga, letter=str(uuid.uuid4()), to="nobody@crumb.example") == ["", "ru"]
    assert use(olga, russian, bread, language="ru")["text"].startswith("Здравствуйте, Ann,")
    assert use(olga, russian, bread)["text"] == "Hello Ann, we open at five."
    assert use(olga, russian, bread, language="zz")["text"] == "Hello Ann, we open at five."


def test_a_reply_is_found_by_its_words_in_another_language(olga: Visitor, russian: SavedReply, bread: Ticket):
    page = olga.look("saved-replies/", q="открываемся", number=bread.number)

    assert len(page.css("[role=option]")) == 2


def test_files_come_along_wait_beside_the_draft_and_leave_with_the_answer(
    olga: Visitor, reply: SavedReply, bread: Ticket
):
    files = [SimpleUploadedFile(name, b"05:30") for name in ("plan.txt", "map.txt")]
    olga.post(f"{PAGE}{reply.pk}/files/", {"files": files})

    used = [use(olga, reply, bread, key=str(uuid.uuid4())) for _again in range(2)]
    draft = draft_of(bread, olga.agent)
    page = olga.look(f"tickets/{bread.number}/")
    olga.delete(f"tickets/{bread.number}/draft/files/{used[0]['files'][1]['id']}")
    olga.post(
        f"tickets/{bread.number}/messages/",
        {
            "kind": "reply",
            "text": "See the plan.",
            "seen_up_to": "1",
            "draft": draft.pk,
            "key": str(draft.key),
        },
    )

    assert [each["name"] for each in used[1]["files"]] == ["plan.txt", "map.txt"]
    assert len(page.css(".composer-files li")) == 2
    sent = bread.messages.get(kind=Message.Kind.REPLY)
    assert [each.name for each in sent.attachments.all()] == ["plan.txt"]


def test_a_file_taken_off_a_reply_stays_with_the_answers_that_have_it(
    olga: Visitor, reply: SavedReply, bread: Ticket
):
    kept = enclose(reply, "plan.txt", "text/plain", b"05:30", by=olga.agent)
    lonely = enclose(reply, "map.txt", "text/plain", b"map", by=olga.agent)
    draft_file = use(olga, reply, bread)["files"][0]

    for each in (kept, lonely):
        olga.post(f"{PAGE}{reply.pk}/files/{each.pk}")

    assert not SavedReplyFile.objects.exists()
    assert DraftFile.objects.filter(pk=draft_file["id"]).exists()
    # The draft has the other one too: nothing is let go that anything names.
    assert File.objects.count() == 2


def test_more_files_than_a_reply_takes_are_named_and_those_before_stay(olga: Visitor, reply: SavedReply):
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(MOST_FILES + 1)]

    olga.post(f"{PAGE}{reply.pk}/files/", {"files": many})
    page = olga.look(f"{PAGE}{reply.pk}/")
    olga.post(f"{PAGE}{reply.pk}/files/")

    assert len(page.css(".reply-files li")) == MOST_FILES
    assert "10 files at most" in page.text()


def test_a_reply_in_full_leaves_the_words_and_says_why_no_file_came(
    olga: Visitor, reply: SavedReply, bread: Ticket, monkeypatch: pytest.MonkeyPatch
):
    enclose(reply, "plan.txt", "text/plain", b"05:30", by=olga.agent)
    monkeypatch.setattr("harken.tickets.draft_files.MOST_FILES", 0)

    used = use(olga, reply, bread)

    assert used["text"] == "Hello Ann, we open at five."
    assert used["files"] == []
    assert "at most" in used["problem"]


def test_a_reply_removed_long_ago_goes_with_its_files(olga: Visitor, reply: SavedReply, settings: Any):
    enclose(reply, "plan.txt", "text/plain", b"05:30", by=olga.agent)
    SavedReply.objects.filter(pk=reply.pk).update(removed_at="2026-01-01T00:00Z")

    remove_reply(make_reply(olga.agent, "Other"), by=olga.agent)

    assert not File.objects.exists()


def test_strangers_and_colleagues_reach_nothing_of_ones_own(olga: Visitor, mallory: Visitor):
    reply = make_reply(olga.agent, is_shared=False)
    enclosed = enclose(reply, "plan.txt", "text/plain", b"05:30", by=olga.agent)
    kim = Visitor.signed_in(make_agent(olga.workspace, "kim@fennel.example"))

    for page in (
        f"{PAGE}{reply.pk}/in/ru/",
        f"{PAGE}{reply.pk}/files/",
        f"{PAGE}{reply.pk}/files/{enclosed.pk}",
    ):
        assert kim.post(page, {"text": "x"}).status_code == 404
        assert mallory.client.post(olga.path(page), {"text": "x"}).status_code == 404


def test_languages_and_files_cost_no_more_questions(olga: Visitor, bread: Ticket):
    counts = []
    olga.look(PAGE)
    for number in range(2):
        for each in range(3):
            reply = make_reply(olga.agent, f"Hours {number} {each}")
            for language in ("ru", "de"):
                keep_variant(reply, language, text="x", html="", by=olga.agent)
            enclose(reply, "plan.txt", "text/plain", b"05:30", by=olga.agent)
        with CaptureQueriesContext(connection) as asked:
            olga.look(PAGE)
            olga.look("saved-replies/", q="hours", number=bread.number)
        counts.append(len(asked))

    assert counts[0] == counts[1]

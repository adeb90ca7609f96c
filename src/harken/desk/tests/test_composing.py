"""The composer from outside: drafts saved by a page, files uploaded, what is sent of them."""

import json
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.leaving.outgoing import channel_of, outgoing_for
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.files.factories import DOT_GIF
from harken.files.models import File
from harken.tickets import draft_files
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Draft, Message, Ticket
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def bread(olga: Visitor) -> Ticket:
    return make_ticket(olga.workspace)


def told(answer: HttpResponse) -> Any:
    """What an answer says as JSON."""
    return json.loads(answer.content)


def save(visitor: Visitor, ticket: Ticket, **given: Any) -> HttpResponse:
    body = {"kind": "reply", "text": "", "html": "", "version": 0, "seen_up_to": 1} | given
    path = visitor.path(f"tickets/{ticket.number}/draft")
    return visitor._back(visitor.client.put(path, json.dumps(body), content_type="application/json"))


def upload(visitor: Visitor, ticket: Ticket, name: str, content: bytes, **given: Any) -> HttpResponse:
    file = SimpleUploadedFile(name, content, "image/gif")
    return visitor.post(f"tickets/{ticket.number}/draft/files/", {"file": file, **given})


def send(visitor: Visitor, ticket: Ticket, **typed: Any) -> HttpResponse:
    typed = {"kind": "reply", "text": "", "seen_up_to": 1} | typed
    return visitor.post(f"tickets/{ticket.number}/messages/", typed, htmx=True)


def only_reply(ticket: Ticket) -> Message:
    return ticket.messages.exclude(kind=Message.Kind.CONTACT).get()


def test_a_draft_is_saved_reduced_and_stands_in_the_composer_again(olga, bread):
    answer = save(
        olga, bread, html='<div onclick="x()">Dear <b style="color:red">Ann</b></div><script>1</script>'
    )

    assert told(answer)["version"] == 1
    page = olga.look(f"tickets/{bread.number}/")
    assert texts(page, "textarea[name=text]") == ["Dear Ann"]
    assert page.css_first("textarea[name=html]").text() == "<div>Dear <b>Ann</b></div>"
    assert attribute(page, ".composer", "data-version") == "1"
    assert texts(olga.look("inbox/"), ".row-draft") == ["draft"]


def test_a_draft_keeps_half_an_address_the_kind_and_the_signature_taken_off(olga, bread):
    olga.agent.signature = "Olga"
    olga.agent.save()

    save(olga, bread, text="x", kind="note", recipients={"to": "ann@", "cc": ""}, is_unsigned=True)

    page = olga.look(f"tickets/{bread.number}/")
    assert attribute(page, "[name=to]", "value") == "ann@"
    assert attribute(page, "[name=kind][value=note]", "checked") is None
    assert "checked" in page.css_first("[name=kind][value=note]").attributes
    assert "checked" in page.css_first("[name=is_unsigned]").attributes


def test_an_older_page_is_told_what_is_newer_and_writes_nothing(olga, bread):
    save(olga, bread, text="from the phone")

    answer = save(olga, bread, text="from the desk")

    assert (answer.status_code, told(answer)["text"]) == (409, "from the phone")
    assert draft_of(bread, olga.agent).text == "from the phone"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"version": "1"}', '{"version": -1}', '{"version": 0, "key": "x"}', "\x00", "[" * 5000],
)
def test_what_is_no_draft_is_refused_and_nothing_is_kept(olga, bread, body):
    path = olga.path(f"tickets/{bread.number}/draft")

    answer = olga._back(olga.client.put(path, body, content_type="application/json"))

    assert answer.status_code == 422
    assert "Load it again." in answer.content.decode()
    assert draft_of(bread, olga.agent) is None


@pytest.mark.parametrize("page", ["draft", "draft/place", "draft/files/", "draft/files/1", "composer"])
def test_a_stranger_finds_nothing(olga, mallory, bread, page):
    for method in ("get", "post", "put", "delete"):
        answer = getattr(mallory.client, method)(mallory.path(f"tickets/{bread.number}/{page}"))
        assert answer.status_code in (404, 405)
    wall.enter(olga.workspace.pk)


def test_a_colleague_neither_sees_nor_changes_my_draft_and_its_files(olga, bread):
    kim = Visitor.signed_in(make_agent(olga.workspace))
    save(olga, bread, text="mine alone")
    file = told(upload(olga, bread, "plan.gif", DOT_GIF))

    assert told(kim.get(f"tickets/{bread.number}/draft"))["version"] == 0
    assert b"mine alone" not in kim.get(f"tickets/{bread.number}/").content
    assert texts(kim.look("inbox/"), ".row-draft") == []
    kim.delete(f"tickets/{bread.number}/draft/files/{file['id']}")
    assert draft_of(bread, olga.agent).enclosures.count() == 1


def test_a_file_is_attached_at_once_and_taken_off_again(olga, bread):
    answer = upload(olga, bread, "plan.gif", DOT_GIF)

    assert answer.status_code == 201
    assert texts(olga.look(f"tickets/{bread.number}/"), ".composer-files bdi")[0] == "plan.gif"
    for _ in range(2):
        assert olga.delete(f"tickets/{bread.number}/draft/files/{told(answer)['id']}").status_code == 204
    assert draft_of(bread, olga.agent).enclosures.count() == 0


def test_what_is_no_picture_is_not_shown_in_the_text(olga, bread):
    answer = upload(olga, bread, "plan.svg", b"<svg onload=alert(1)>", inline="1")

    assert (answer.status_code, "no picture" in told(answer)["problem"]) == (422, True)


def test_a_picture_in_the_text_travels_by_its_content_id_and_shows_on_the_page(olga, bread):
    make_channel(olga.workspace)
    picture = told(upload(olga, bread, "plan.gif", DOT_GIF, inline="1"))
    unused = told(upload(olga, bread, "other.gif", DOT_GIF, inline="1"))
    html = f'<div>See <img src="x" data-cid="{picture["content_id"]}" alt="plan"></div>'

    answer = send(olga, bread, html=html, draft=picture["draft"])

    assert answer.status_code == 200
    reply = only_reply(bread)
    letter = outgoing_for(reply, channel_of(bread), reply.to)
    assert [file.content_id for file in letter.files] == [picture["content_id"]]
    assert f'src="cid:{picture["content_id"]}"' in letter.html
    assert letter.text.startswith("See [plan]")
    assert unused["content_id"] not in letter.html
    [shown] = olga.look(f"tickets/{bread.number}/").css(".msg-us .written img")
    assert re.match(r"/files/.*\?inline$", shown.attributes["src"])


def test_a_picture_of_somebody_elses_draft_is_not_sent(olga, bread):
    kim = Visitor.signed_in(make_agent(olga.workspace))
    hers = told(upload(kim, bread, "plan.gif", DOT_GIF, inline="1"))

    send(olga, bread, html=f'<div>See</div><img data-cid="{hers["content_id"]}">', draft=hers["draft"])

    reply = only_reply(bread)
    assert (reply.html, reply.attachments.count()) == ("<div>See</div>", 0)


def test_plain_text_is_sent_as_plain_text_with_the_pictures_beside_it(olga, bread):
    make_channel(olga.workspace)
    picture = told(upload(olga, bread, "plan.gif", DOT_GIF, inline="1"))

    send(olga, bread, text="See there.", html="<b>no</b>", is_plain="on", draft=picture["draft"])

    reply = only_reply(bread)
    letter = outgoing_for(reply, channel_of(bread), reply.to)
    assert (letter.html, letter.text) == ("", "See there.\n")
    assert [(file.name, file.content_id) for file in letter.files] == [("plan.gif", "")]


def test_plain_text_is_remembered_for_the_person(olga, bread):
    save(olga, bread, text="x", is_plain=True, is_chosen=True)

    other = make_ticket(olga.workspace)
    assert "checked" in olga.look(f"tickets/{other.number}/").css_first("[name=is_plain]").attributes


def test_a_mailbox_of_plain_text_offers_nothing_else(olga, bread):
    make_channel(olga.workspace, is_plain_text=True)

    page = olga.look(f"tickets/{bread.number}/")

    assert "data-plain-only" in page.css_first(".composer").attributes


def test_both_signatures_stand_below_and_one_letter_goes_without(olga, bread):
    make_channel(olga.workspace, signature="{name} at {company}, {email}\n{unknown}")
    olga.agent.signature = "Yours, O."
    olga.agent.save()
    signed = texts(olga.look(f"tickets/{bread.number}/"), ".composer-signature blockquote")[0]

    send(olga, bread, text="Signed", seen_up_to=1)
    send(olga, bread, text="Not signed", seen_up_to=2, is_unsigned="on")

    first, second = bread.messages.filter(kind="reply")
    letters = [outgoing_for(each, channel_of(bread), each.to) for each in (first, second)]
    name, address = olga.agent.name, channel_of(bread).address
    below = f"Yours, O.\n{name} at {olga.workspace.name}, {address}\n{{unknown}}"
    assert signed == below.replace("\n", "")
    assert letters[0].text == f"Signed\n\n-- \n{below}\n"
    assert "Yours" not in letters[1].text + letters[1].html


def test_the_same_form_sent_twice_is_one_answer(olga, bread):
    key = attribute(olga.look(f"tickets/{bread.number}/"), "[name=key]", "value")

    answers = [send(olga, bread, text="Here.", key=key, html="<div>Here.</div>") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert only_reply(bread).text == "Here."


def test_a_repeated_send_is_no_second_one_although_something_arrived_meanwhile(olga, bread):
    key = str(uuid.uuid4())
    send(olga, bread, text="Here.", key=key)
    make_message(bread, "Thank you!")

    assert send(olga, bread, text="Here.", key=key).status_code == 200
    assert bread.messages.filter(kind="reply").count() == 1


def test_words_changed_after_a_send_whose_answer_was_lost_are_not_lost(olga, bread):
    key = str(uuid.uuid4())
    send(olga, bread, text="Here.", key=key)

    refused = send(olga, bread, text="Here it is.", key=key, seen_up_to=2)

    page = read(refused)
    assert refused.status_code == 409
    assert "was sent already" in texts(page, ".composer-news")[0]
    again = attribute(page, "[name=key]", "value")
    assert again != key
    send(olga, bread, text="Here it is.", key=again, seen_up_to=2)
    assert bread.messages.filter(kind="reply").count() == 2


def test_what_was_written_with_a_form_is_shown_with_it_and_a_foreign_letter_is_not(olga, bread):
    send(olga, bread, html="<div>Choose <b>Copy</b></div>")
    Message.objects.create(
        workspace=olga.workspace,
        ticket=bread,
        position=9,
        kind="reply",
        author_agent=olga.agent,
        text="Plain words",
        html='<p style="position:fixed">Plain words</p><script>1</script>',
    )

    page = olga.look(f"tickets/{bread.number}/")

    assert [node.html for node in page.css(".written b")] == ["<b>Copy</b>"]
    assert "position:fixed" not in page.html


def test_a_draft_on_a_request_that_was_merged_away_waits_with_a_way_along(olga, bread):
    cake = make_ticket(olga.workspace)
    save(olga, bread, text="Tomorrow.")
    Ticket.objects.filter(pk=bread.pk).update(state=Ticket.State.MERGED, merged_into=cake)

    told = texts(olga.look(f"tickets/{cake.number}/"), ".composer-news")[0]
    moved = olga.post(f"tickets/{bread.number}/draft/place")

    assert "was merged into" in told
    assert "Tomorrow." in told
    assert moved["Location"] == olga.path(f"tickets/{cake.number}/")
    assert texts(olga.look(f"tickets/{cake.number}/"), "textarea[name=text]") == ["Tomorrow."]


def test_sending_on_a_merged_request_keeps_the_draft_and_offers_the_way(olga, bread):
    cake = make_ticket(olga.workspace)
    draft = told(save(olga, bread, text="Tomorrow."))
    Ticket.objects.filter(pk=bread.pk).update(state=Ticket.State.MERGED, merged_into=cake)

    refused = send(olga, bread, text="Tomorrow.", draft=draft["id"])

    assert refused.status_code == 422
    assert f"Take it to {cake.short_number}" in texts(read(refused), ".composer-news")[0]
    assert draft_of(bread, olga.agent).text == "Tomorrow."


def test_the_composer_stands_by_itself_and_answers_for_itself(olga, bread):
    page = read(olga.get(f"tickets/{bread.number}/composer", htmx=True))
    action = attribute(page, ".composer", "action")

    answer = olga.client.post(
        action, {"kind": "note", "text": "Hm", "seen_up_to": 1}, headers={"HX-Request": "true"}
    )
    olga._back(answer)

    assert b"hx-partial" not in answer.content
    assert attribute(read(answer), ".composer", "id") == f"composer-{bread.number}"


def test_each_composer_says_where_the_same_one_comes_from_again(olga, bread):
    """As the scripts ask for it when another one is to stand there, such as a forward from elsewhere."""
    for page, selector in ((f"tickets/{bread.number}/", "#conversation .composer"), ("room/", ".composer")):
        if "room" in page:
            page = f"room/{bread.number}/?write=reply"
        form = olga.look(page).css_first(selector)
        again = olga.client.get(form.attributes["data-again"], headers={"HX-Request": "true"})
        olga._back(again)
        other = read(again).css_first(".composer")
        names = ("id", "action", "hx-post", "data-draft", "data-again")
        assert [other.attributes[name] for name in names] == [form.attributes[name] for name in names]


def test_nothing_inside_is_known_by_an_id_that_another_composer_has(olga, bread):
    other = make_ticket(olga.workspace)
    pages = [read(olga.get(f"tickets/{each.number}/composer", htmx=True)) for each in (bread, other)]

    first, second = ({node.attributes["id"] for node in page.css("[id]")} for page in pages)

    assert first.isdisjoint(second)


def test_of_three_thousand_files_as_many_are_taken_as_there_may_be_and_the_draft_is_safe(
    olga, bread, monkeypatch
):
    monkeypatch.setattr("harken.tickets.draft_files.MOST_FILES", 3)
    save(olga, bread, text="Half an hour of work")

    answers = [upload(olga, bread, f"{number}.gif", DOT_GIF) for number in range(30)]

    assert [answer.status_code for answer in answers] == [201] * 3 + [422] * 27
    assert "3 files at most; those attached before are kept" in told(answers[-1])["problem"]
    kept = draft_of(bread, olga.agent)
    assert (kept.text, kept.enclosures.count()) == ("Half an hour of work", 3)


def test_a_file_that_is_too_large_is_named_and_the_draft_is_safe(olga, bread, monkeypatch):
    monkeypatch.setattr("harken.tickets.draft_files.MOST_BYTES_OF_A_FILE", 10)
    save(olga, bread, text="Half an hour of work")

    refused = upload(olga, bread, "video.gif", DOT_GIF)

    assert refused.status_code == 422
    assert "a file of a message is at most" in told(refused)["problem"]
    assert draft_of(bread, olga.agent).text == "Half an hour of work"


def test_twenty_megabytes_of_html_are_refused_in_words_and_what_was_kept_stays(olga, bread):
    save(olga, bread, text="Half a thought")
    huge = "<p><b>word</b></p>" * 1_200_000

    saved = save(olga, bread, html=huge, version=1)
    sent = send(olga, bread, html=huge)

    assert saved.status_code == 422
    assert "the text is too long" in told(saved)["problem"]
    assert sent.status_code in (413, 422)
    assert draft_of(bread, olga.agent).text == "Half a thought"
    assert not bread.messages.exclude(kind=Message.Kind.CONTACT).exists()


def test_how_long_it_can_be_taken_back_and_when_it_may_leave_are_told_by_the_server(olga, bread):
    make_channel(olga.workspace)
    olga.workspace.own_undo_seconds = 30
    olga.workspace.save()

    page = read(send(olga, bread, text="In the oven."))

    assert 0 < int(attribute(page, "[data-leaves]", "data-leaves") or 0) <= 30
    assert attribute(page, "[name=day]", "min") == str(timezone.localdate())


@pytest.mark.parametrize(
    "leave",
    [Draft.delete, lambda draft: Draft.objects.filter(pk=draft.pk).update(leaves_at=timezone.now())],
    ids=["sent", "scheduled"],
)
def test_a_file_that_comes_while_its_answer_leaves_is_refused_in_words(olga, bread, monkeypatch, leave):
    save(olga, bread, text="Half an hour of work")
    find = draft_files._draft_at

    def find_and_lose(*place: Any) -> Draft:
        draft = find(*place)
        leave(draft)
        return draft

    monkeypatch.setattr(draft_files, "_draft_at", find_and_lose)
    refused = upload(olga, bread, "plan.gif", DOT_GIF)

    assert refused.status_code == 422
    assert "Not attached, and not kept: what you were writing left in that moment" in told(refused)["problem"]
    with wall.inside(olga.workspace.pk):
        assert not File.objects.exists()

"""Forwarding: what was said goes to somebody outside, and nothing that was said among colleagues."""

import re

import pytest

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.channels.contract import Outgoing
from harken.channels.email.compose import compose
from harken.channels.factories import make_channel
from harken.channels.leaving.outgoing import channel_of, outgoing_for
from harken.channels.proof.threading import allowed_as
from harken.contacts.recognise import recognise
from harken.files.factories import DOT_GIF, make_file
from harken.lib.html import sanitise
from harken.lib.written import pictures_in
from harken.tickets.drafts import files_of_draft
from harken.tickets.errors import NobodyToForwardTo, SomethingUnseen, StaysInside
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.forwarding import begin_forward, said_on
from harken.tickets.models import Draft, Enclosure, Message, Ticket, Words

pytestmark = pytest.mark.django_db

BAKER = "baker@mill.example"


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def ticket(olga):
    make_channel(olga.workspace)
    return make_ticket(olga.workspace, text="Where is <my> bread?")


def test_a_forward_begins_with_a_head_the_words_and_the_files(ticket, olga):
    message = make_message(ticket, "See the picture.")
    message.attachments.create(workspace=olga.workspace, file=make_file(olga.workspace))

    draft = begin_forward(ticket, [message], by=olga)

    assert draft.kind == Draft.Kind.FORWARD
    assert draft.recipients == {"to": "", "cc": "", "bcc": ""}
    assert "From: Ann Baker <ann@crumb.example>\n" in draft.text
    assert "Subject: Bread\n" in draft.text
    assert "See the picture." in draft.text
    assert "&lt;ann@crumb.example&gt;" in draft.html
    assert draft.enclosures.count() == 1


def test_the_whole_thread_goes_without_notes_and_redacted_words(ticket, olga):
    ticket.note(Words("She is difficult."), by=olga)
    ticket.reply(Words("In the oven."), by=olga, seen_up_to=ticket.last_position)
    gone = make_message(ticket, "My card number")
    gone.redaction = {"what": "all"}
    gone.save()

    draft = begin_forward(ticket, said_on(ticket), by=olga)

    assert draft.text.index("Where is <my> bread?") < draft.text.index("In the oven.")
    assert "difficult" not in draft.text + draft.html
    assert "card" not in draft.text + draft.html
    assert "<my>" not in draft.html


def test_what_stands_in_the_composer_stays_above(ticket, olga):
    draft = begin_forward(ticket, said_on(ticket), by=olga, above=Words("Can you help?"))

    assert draft.text.startswith("Can you help?\n\n---")
    assert draft.html.startswith("<p>Can you help?</p>")


def test_it_changes_no_turn_and_their_answer_comes_back(ticket, olga):
    before = ticket.standing
    message = ticket.forward(Words("Can you help?"), by=olga, seen_up_to=1, to=[BAKER])

    assert (message.kind, ticket.standing) == (Message.Kind.FORWARD, before)
    assert allowed_as(ticket, BAKER)
    assert ticket.copied_addresses == []
    assert ticket.reply_addresses == ["ann@crumb.example"]


def test_the_letter_begins_a_conversation_of_its_own(ticket, olga):
    ticket.reply(Words("In the oven."), by=olga, seen_up_to=1)
    message = ticket.forward(Words("Can you help?"), by=olga, seen_up_to=2, to=[BAKER])
    later = ticket.reply(Words("Soon."), by=olga, seen_up_to=3)

    letters = [outgoing_for(each, channel_of(ticket), each.to) for each in (message, later)]
    assert (letters[0].subject, letters[0].references) == ("Fwd: Bread", ())
    assert BAKER.encode() in compose(letters[0])
    assert message.external_id not in letters[1].references
    assert letters[1].recipients == ("ann@crumb.example",)


def test_it_is_refused_without_anybody_to_get_it_and_when_something_is_unread(ticket, olga):
    with pytest.raises(NobodyToForwardTo):
        ticket.forward(Words("?"), by=olga, seen_up_to=1, to=[])
    make_message(ticket, "Never mind.")
    with pytest.raises(SomethingUnseen):
        ticket.forward(Words("?"), by=olga, seen_up_to=1, to=[BAKER])


def test_what_colleagues_ask_each_other_stays_inside(ticket, olga):
    Ticket.objects.filter(pk=ticket.pk).update(channel_kind="internal")
    ticket.refresh_from_db()

    with pytest.raises(StaysInside):
        begin_forward(ticket, said_on(ticket), by=olga)
    with pytest.raises(StaysInside):
        ticket.forward(Words("?"), by=olga, seen_up_to=1, to=[BAKER])


def test_files_of_a_forward_are_sent_with_it(ticket, olga):
    words = Words("?", files=(Enclosure(make_file(olga.workspace)),))
    message = ticket.forward(words, by=olga, seen_up_to=1, to=[BAKER])

    assert len(outgoing_for(message, channel_of(ticket), message.to).files) == 1


def said(ticket: Ticket, words: Words) -> Message:
    return ticket.receive(words, sender=recognise(ticket.workspace, "ann@crumb.example"))


def forwarded(ticket: Ticket, olga: Agent, draft: Draft) -> Outgoing:
    words = Words(draft.text, html=draft.html, files=files_of_draft(draft))
    message = ticket.forward(words, by=olga, seen_up_to=ticket.last_position, to=[BAKER])
    return outgoing_for(message, channel_of(ticket), message.to)


def test_the_form_of_what_was_said_goes_along_with_its_pictures(ticket, olga):
    html = sanitise(
        '<table><tr><td style="color:red">Two <b>loaves</b></td></tr></table><img src="cid:logo@x">'
        '<img src="https://evil.example/x.gif"><script>alert(1)</script>'
    )
    files = (
        Enclosure(make_file(olga.workspace, name="logo.gif", content=DOT_GIF), "logo@x", is_inline=True),
        Enclosure(make_file(olga.workspace, name="list.pdf")),
    )
    messages = [said(ticket, Words("Two loaves", html=html, files=files)) for _again in range(2)]

    draft = begin_forward(ticket, messages, by=olga)
    letter = forwarded(ticket, olga, draft)

    assert "<td>Two <b>loaves</b></td>" in draft.html
    assert not re.search("evil|script|style|logo@x", draft.html)
    pictures = [each for each in draft.enclosures.all() if each.is_inline]
    assert len({each.content_id for each in pictures}) == 2
    assert pictures_in(draft.html) == {each.content_id for each in pictures}
    assert letter.html.count('src="cid:') == 2
    assert [each.name for each in letter.files].count("list.pdf") == 2


def test_history_they_quoted_is_not_quoted_once_more(ticket, olga):
    html = '<p>Yes.</p><blockquote data-fold="quote">Shall we?</blockquote>'
    message = said(ticket, Words("Yes.\n> Shall we?", visible_text="Yes.", html=html))

    draft = begin_forward(ticket, [message], by=olga)

    assert "Shall we?" not in draft.text + draft.html


def test_the_signature_stands_above_what_is_passed_on(ticket, olga):
    olga.signature = "Olga, Fennel"
    olga.save()
    draft = begin_forward(ticket, said_on(ticket), by=olga, above=Words("Can you help?"))

    letter = forwarded(ticket, olga, draft)

    for body in (letter.text, letter.html):
        assert body.index("Can you help?") < body.index("Olga, Fennel") < body.index("Forwarded message")
        assert body.index("Forwarded message") < body.index("Where is ")


@pytest.mark.parametrize("html", ["", "<p>" + "<b>word </b>" * 200_000], ids=["plain", "form"])
def test_what_is_too_long_to_be_quoted_goes_along_as_a_file(ticket, olga, html):
    message = said(ticket, Words("word " * 200_000, html=html))

    draft = begin_forward(ticket, [message], by=olga)

    assert "attached as a file" in draft.text
    assert len(draft.html) < 2000
    assert draft.enclosures.get().file.content().decode() == ("word " * 200_000).strip()

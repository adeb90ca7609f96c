"""Words, signature and history of a letter as the ticket keeps them: nothing is lost, nothing is told twice."""

from email.message import EmailMessage
from itertools import count

import pytest

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.tests.letters import arrive, letter
from harken.tickets.models import Message, Words
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

ANSWER = "Please look into the oven in the cellar.\n\nIs the light of the oven on or off?"
SIGNATURE = "Olga Petrova\nFennel Bakery, the house by the river"

_numbers = count(1)


@pytest.fixture
def reply() -> Message:
    """Olga's answer to Ann, on its way."""
    workspace = make_workspace()
    make_channel(workspace, address="help@fennel.example")
    olga = make_agent(workspace)
    olga.signature = SIGNATURE
    olga.save(update_fields=["signature"])
    ticket = arrive(letter()).ticket
    return ticket.reply(Words(ANSWER), by=olga, seen_up_to=1)


def in_html(html: str, *, answers: str, text: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@crumb.example", "help@fennel.example", "Re: Bread"
    mail["Message-ID"], mail["In-Reply-To"] = f"<html{next(_numbers)}@crumb.example>", f"<{answers}>"
    if text:
        mail.set_content(text)
        mail.add_alternative(html, subtype="html")
    else:
        mail.set_content(html, subtype="html")
    return mail.as_bytes()


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{line}</p>" for text in texts for line in text.split("\n") if line)


def test_our_answer_and_our_signature_quoted_back_fold_without_any_mark(reply):
    message = arrive(letter(f"It is on.\n\n{ANSWER}\n\n{SIGNATURE}\n", answers=reply.external_id)).message

    assert message.visible_text == "It is on."
    assert message.quoted == f"{ANSWER}\n\n{SIGNATURE}"


def test_answers_written_into_our_quoted_words_stay(reply):
    quoted = ANSWER.replace("cellar.", "cellar.\nWe have no cellar.")
    text = "\n".join(f"> {line}" for line in quoted.split("\n"))

    message = arrive(letter(f"See below, please.\n\n{text}\n", answers=reply.external_id)).message

    assert message.visible_text == "See below, please.\n\n> We have no cellar."


def test_words_signature_and_history_are_kept_apart_and_whole(reply):
    quoted = "\n".join(f"> {line}" for line in ANSWER.split("\n"))
    text = f"It is on.\n\nKind regards\nAnn Baker\n\nOn 23/11/2026 10:11, Olga wrote:\n{quoted}"

    message = arrive(letter(text, answers=reply.external_id)).message

    assert message.visible_text == "It is on."
    assert message.signature == "Kind regards\nAnn Baker"
    assert message.quoted == f"On 23/11/2026 10:11, Olga wrote:\n{quoted}".replace("> \n", ">\n")
    assert message.text.strip() == text


def test_html_folds_as_its_words_do(reply):
    html = f"<div>It is on.</div><div class='gmail_signature'>Ann Baker</div>{paragraphs(ANSWER)}"

    message = arrive(in_html(html, answers=reply.external_id)).message

    assert (message.visible_text, message.signature) == ("It is on.", "Ann Baker")
    assert message.html.startswith('<div>It is on.</div><div data-fold="signature">Ann Baker</div>')
    assert message.html.count('<p data-fold="quote">') == 2
    assert "data-mark" not in message.html


def test_words_written_into_our_quoted_html_are_shown(reply):
    quoted = paragraphs(ANSWER.replace("cellar.", "cellar.{}We have no cellar."))
    html = f"<blockquote>{quoted}</blockquote>"

    message = arrive(in_html(html.replace("{}", "</p><p>"), answers=reply.external_id)).message

    assert "<p>We have no cellar.</p>" in message.html
    assert message.visible_text == "> We have no cellar."


def test_both_forms_of_a_letter_hide_the_same(reply):
    html = f"<div>It is on.</div><div class='gmail_signature'>Ann<br><b>Baker</b> &amp; Sons</div>{paragraphs(ANSWER)}"
    text = f"It is on.\n\nAnn\nBaker & Sons\n\n{ANSWER}\n\n(written with care)"

    message = arrive(in_html(html, answers=reply.external_id, text=text)).message

    assert message.visible_text.startswith("It is on.")
    assert "oven" not in message.visible_text
    assert message.html.startswith('<div>It is on.</div><div data-fold="signature">')


def test_a_sender_cannot_hide_words_from_the_people_who_read(reply):
    html = '<p>Please pay.</p><p data-fold="quote" class="mark#quote">By noon.</p>'

    message = arrive(in_html(html, answers=reply.external_id)).message

    assert message.html.strip() == "<p>Please pay.</p><p>By noon.</p>"
    assert (message.visible_text or message.text).strip() == "Please pay.\n\nBy noon."


def test_the_first_letter_of_a_ticket_folds_as_well():
    make_channel(make_workspace(), address="help@fennel.example")

    message = arrive(letter("Where is my bread?\n\nSent from my iPhone")).message

    assert (message.visible_text, message.signature) == ("Where is my bread?", "Sent from my iPhone")
    assert message.quoted == ""

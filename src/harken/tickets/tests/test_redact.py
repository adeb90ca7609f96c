"""Taking words away for good: everywhere they were kept, with a trace, and no way back."""

import pytest

from harken.agents.factories import make_agent
from harken.files import storage
from harken.files.errors import FileMissing
from harken.files.factories import make_file
from harken.files.models import File
from harken.tickets.drafts import draft_of, keep_draft
from harken.tickets.errors import NoReason, NothingToUndo, RedactedAlready
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, Ticket, Words
from harken.tickets.redact import drafts_quoting, quoting, redact
from harken.tickets.undo import undo

pytestmark = pytest.mark.django_db

CARD = "My card is 4111 1111 1111 1111."


@pytest.fixture(autouse=True)
def on_disk(settings, tmp_path):
    settings.HARKEN_FILES_URL = tmp_path.as_uri()


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def ticket(olga):
    return make_ticket(olga.workspace, text="Where is my bread?")


@pytest.fixture
def card(ticket):
    """Ann writes her card's number, with a photograph of the card."""
    file = make_file(ticket.workspace, content=b"a photograph of the card")
    words = Words(f"Take it.\n{CARD}", html=f"<p>{CARD}</p>", files=(Enclosure(file),), signature="Ann")
    return ticket.receive(words, sender=ticket.requester.identities.get())


def test_the_words_are_gone_in_every_form_and_the_trace_stays(card, olga):
    redact(card, by=olga, why="A card number")

    card.refresh_from_db()
    assert (card.text, card.visible_text, card.html, card.signature) == ("", "", "", "")
    assert {name: card.redaction[name] for name in ("what", "by", "name", "why")} == {
        "what": "all",
        "by": olga.pk,
        "name": olga.name,
        "why": "A card number",
    }
    assert card.author_name == "Ann Baker"


def test_its_files_are_gone_from_the_disk(card, olga):
    file = card.attachments.get().file

    redact(card, by=olga, why="A card")

    assert not File.objects.filter(pk=file.pk).exists()
    with pytest.raises(FileMissing):
        storage.read(file.workspace_id, file.sha256)


def test_a_file_that_another_message_has_too_stays_there(card, ticket, olga):
    file = card.attachments.get().file
    make_message(ticket, "Once more.")
    twin = make_file(ticket.workspace, content=b"a photograph of the card")
    other = ticket.note(Words("Look:", files=(Enclosure(twin),)), by=olga)

    redact(card, by=olga, why="A card")

    assert not File.objects.filter(pk=file.pk).exists()
    assert other.attachments.get().file.content() == b"a photograph of the card"


def test_lists_show_them_no_more_and_the_turn_stays(card, ticket, olga):
    before = Ticket.objects.get(pk=ticket.pk)

    redact(card, by=olga, why="A card")

    after = Ticket.objects.get(pk=ticket.pk)
    assert "4111" in before.preview
    assert (after.preview, after.has_files) == ("Where is my bread?", False)
    assert after.standing == before.standing


@pytest.fixture
def quote(card, ticket):
    """Ann answers above a quote of that letter."""
    words = Words(f"Thanks!\n\n> Take it.\n> {CARD}", visible_text="Thanks!", html=f"<p>{CARD}</p>")
    return ticket.receive(words, sender=ticket.requester.identities.get())


def test_messages_and_drafts_that_repeat_them_are_found(card, quote, ticket, olga):
    make_message(ticket, "Nothing of it.")
    keep_draft(ticket, olga, Words(f"You wrote: {CARD}"), seen_up_to=3, why="")

    assert quoting(card) == [quote]
    assert [draft.agent for draft in drafts_quoting(card)] == [olga]


def test_of_a_quote_the_history_goes_and_the_writers_own_words_stay(card, quote, olga):
    redact(card, by=olga, why="A card", quotes=[quote])

    quote.refresh_from_db()
    assert (quote.text, quote.visible_text, quote.html) == ("Thanks!", "Thanks!", "")
    assert (quote.redaction["what"], quote.is_redacted) == ("quote", False)


def test_who_repeats_them_as_their_own_loses_all_of_it(card, ticket, olga):
    note = ticket.note(Words(f"She says: {CARD}"), by=olga)

    redact(card, by=olga, why="A card", quotes=[note])

    note.refresh_from_db()
    assert (note.text, note.is_redacted) == ("", True)


def test_what_is_not_chosen_is_left(card, quote, ticket, olga):
    keep_draft(ticket, olga, Words(f"You wrote: {CARD}"), seen_up_to=3, why="")

    redact(card, by=olga, why="A card")

    quote.refresh_from_db()
    assert CARD in quote.text
    assert draft_of(ticket, olga)


def test_drafts_with_the_words_go_when_asked(card, ticket, olga):
    keep_draft(ticket, olga, Words(f"You wrote: {CARD}"), seen_up_to=3, why="")

    redact(card, by=olga, why="A card", drafts=True)

    assert draft_of(ticket, olga) is None


def test_the_subject_goes_when_asked(card, ticket, olga):
    redact(card, by=olga, why="A card", subject=True)

    assert Ticket.objects.get(pk=ticket.pk).subject == ""


def test_another_tickets_message_is_out_of_reach(card, olga):
    other = make_message(make_ticket(olga.workspace), CARD)

    redact(card, by=olga, why="A card", quotes=[other])

    other.refresh_from_db()
    assert other.text == CARD


@pytest.mark.parametrize("why", ["", "  \n ", "\u200f"])
def test_without_a_reason_nothing_is_taken_away(card, olga, why):
    with pytest.raises(NoReason):
        redact(card, by=olga, why=why)

    card.refresh_from_db()
    assert CARD in card.text


def test_there_is_no_second_time_and_no_way_back(card, olga):
    event = redact(card, by=olga, why="A card")

    with pytest.raises(RedactedAlready):
        redact(card, by=olga, why="Again")
    with pytest.raises(NothingToUndo):
        undo(event, by=olga)

"""What the index keeps of words that are taken away: nothing."""

import pytest

from harken.agents.factories import make_agent
from harken.search.models import Document, Word
from harken.search.tests.asking import found_by, index
from harken.tickets.factories import make_ticket
from harken.tickets.merge import merge, unmerge
from harken.tickets.redact import redact

pytestmark = pytest.mark.django_db


def test_the_index_finds_and_proposes_them_no_more():
    olga = make_agent()
    ticket = make_ticket(olga.workspace, text="The password is zwiebackgeheim, dear bakers.")
    make_ticket(olga.workspace, text="Dear bakers, hello.", subject="Hello")
    index(olga)
    before = found_by(olga, "zwiebackgeheim")

    redact(ticket.messages.get(), by=olga, why="A password")
    index(olga)

    assert before == ["Bread"]
    assert found_by(olga, "zwiebackgeheim") == []
    assert not Word.objects.filter(word="zwiebackgeheim").exists()
    assert Word.objects.filter(word="bakers").exists()
    assert Document.objects.filter(message__ticket=ticket).exists()


def test_what_was_merged_away_is_found_by_both_numbers_until_it_is_taken_out():
    olga = make_agent()
    bread, again = make_ticket(olga.workspace), make_ticket(olga.workspace, subject="Again")
    index(olga)

    merge(again, into=bread, by=olga)
    index(olga)
    merged = found_by(olga, again.short_number), found_by(olga, bread.short_number)
    unmerge(again, by=olga)
    index(olga)

    assert merged == (["Bread"], ["Bread"])
    assert found_by(olga, again.short_number) == ["Again"]

import csv
import io
import struct
import zlib

import pytest

from harken.demo.cast import COLLEAGUE, PERSON, speakers_of
from harken.demo.enclosures import enclosure
from harken.demo.library import SPOKEN, Story, Turn, stories
from harken.demo.plot import QUOTAS
from harken.files.media_types import picture_type
from harken.lib.text import language_of

FILES = (*QUOTAS, "pieces", "spam")
KINDS = {*SPOKEN, "draft", "assign", "close", "lost", "aside", "spam"}


@pytest.mark.parametrize("name", FILES)
def test_every_story_begins_with_a_letter_and_names_people_who_exist(name):
    for story in stories(name):
        assert story.subject
        assert story.turns[0].kind == "customer"
        for turn in story.turns:
            assert turn.kind in KINDS
            assert bool(turn.text) == (turn.is_spoken or turn.kind == "draft")
            assert {turn.by, turn.to, turn.cc, turn.beside} <= {"", *PERSON, *COLLEAGUE}


@pytest.mark.parametrize("language", QUOTAS)
def test_customers_and_answers_are_in_the_language_of_the_file(language):
    expected = "" if language == "en" else language

    for story in stories(language):
        for turn in story.turns:
            if turn.kind != "note":
                assert language_of(turn.text) == expected, turn.text


@pytest.mark.parametrize("language", QUOTAS)
def test_a_story_told_again_is_told_of_somebody_else(language):
    assert len(stories(language)) * len(speakers_of(language)) >= QUOTAS[language]


@pytest.mark.parametrize("language", QUOTAS)
def test_a_story_that_chance_tells_has_an_answer_and_no_fixed_moments(language):
    for story in stories(language):
        assert any(turn.kind == "reply" for turn in story.turns)
        assert all(turn.minutes_ago is None and not turn.by for turn in story.turns)


def test_a_story_cut_for_waiting_ends_with_whom_it_waits_for_and_without_thanks():
    thanks = Turn("customer", "Thank you", marks=frozenset({"thanks"}))
    story = Story("Rolls", (Turn("customer", "Where?"), Turn("reply", "There."), thanks))

    assert story.up_to("customer").turns == story.turns[:1]
    assert story.up_to("reply").turns == story.turns[:2]
    assert story.ending("close").turns == (*story.turns, Turn("close"))


def test_pictures_are_pictures():
    media_type, content = enclosure("list.png")

    start = content.index(b"IDAT") + 4
    length = struct.unpack(">I", content[start - 8 : start - 4])[0]
    width, height = struct.unpack(">II", content[16:24])
    assert picture_type(content[:12]) == media_type == "image/png"
    assert len(zlib.decompress(content[start : start + length])) == height * (1 + 3 * width)


def test_papers_point_at_their_objects():
    _media_type, content = enclosure("invoice.pdf")

    table = int(content.split(b"startxref\n")[1].split()[0])
    places = [int(line[:10]) for line in content[table:].splitlines()[3:9]]
    assert content[table:].startswith(b"xref")
    assert [content[place:].split()[0] for place in places] == [b"1", b"2", b"3", b"4", b"5", b"6"]


def test_tables_have_rows_of_equal_length_and_the_same_name_is_the_same_file():
    _media_type, content = enclosure("sales.csv")

    assert {len(row) for row in csv.reader(io.StringIO(content.decode()), delimiter=";")} == {3}
    assert enclosure("sales.csv")[1] == content
    assert enclosure("other.csv")[1] != content

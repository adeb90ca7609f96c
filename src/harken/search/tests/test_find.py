"""What is found, in which order, by whom, and what is said when a question is odd."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.files.factories import make_file
from harken.files.words import reading
from harken.lib import rows
from harken.search.find import find
from harken.search.models import Document
from harken.search.tests.asking import found_by, index, marked, subjects
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, Message, Words
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

ODD = [
    '"',
    '""',
    '"" ""',
    "-",
    "--",
    "& | ! ( ) <->",
    "' \\ :*",
    "a:b:c",
    "from:",
    'from:"',
    "before:yesterday-ish",
    "before:2026-02-30",
    "after:99999",
    "after:0000",
    "is:happy",
    "has:everything",
    "state:mixed",
    "agent:zorro",
    "channel:pigeon",
    "tag:urgent",
    "\x00",
    "\u200f\u202e",
    "%_",
    "(((",
    '-from:ann -bread -"my bread"',
    "9" * 500,
    "x" * 5000,
    "の" * 5000,
    "😀 😀",
    "https://crumb.example/a?b=c#d",
    "\ud800".encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"),
]


def make_dated(olga, subject, *, days_ago, **details):
    ticket = make_ticket(olga.workspace, subject=subject, **details)
    at = timezone.now() - timedelta(days=days_ago)
    Message.objects.filter(ticket=ticket).update(created_at=at)
    return ticket


def test_the_newest_stands_first_however_many_months_lie_between(olga):
    for days in (1000, 1, 40, 200, 3000):
        make_dated(olga, f"{days}", days_ago=days, text="The oven smokes")
    index(olga)

    assert found_by(olga, "oven") == ["1", "40", "200", "1000", "3000"]


def test_a_ticket_stands_once_with_its_newest_message(olga):
    ticket = make_ticket(olga.workspace, text="The oven smokes")
    make_message(ticket, "The oven burns")
    index(olga)

    found = find(olga, "oven")

    assert [hit.words.text for hit in found.hits] == ["The oven burns"]


def test_pages_follow_each_other_without_a_gap_or_a_double(olga):
    tickets = [make_dated(olga, f"{n}", days_ago=n, text="The oven smokes") for n in range(12)]
    make_message(tickets[7], "The oven burns")
    index(olga)

    seen, before = [], ""
    for _page in range(4):
        found = find(olga, "oven", before=before, most=4)
        seen += subjects(found)
        before = found.next
        if not before:
            break

    assert seen == ["7", *(f"{n}" for n in range(12) if n != 7)]


@pytest.mark.parametrize("before", ["x", "1.2.3", "9" * 40, "99999999999999999.1", "-1.1"])
def test_a_changed_key_is_no_error(olga, before):
    make_ticket(olga.workspace)
    index(olga)

    assert found_by(olga, "bread") == subjects(find(olga, "bread", before=before)) or before[0] == "9"


def test_words_of_colleagues_notes_names_addresses_numbers_and_files_are_found(olga):
    ticket = make_ticket(olga.workspace, text="Hello")
    file = make_file(olga.workspace, name="zimt_liste.txt", media_type="text/plain", content=b"Kardamom")
    ticket.reply(
        Words("Soon, says the dispatcher", files=(Enclosure(file),)), by=olga, seen_up_to=ticket.last_position
    )
    ticket.note(Words("She sounded cross"), by=olga)
    index(olga)

    asked = ["dispatcher", "cross", "Baker", "ann@crumb.example", ticket.short_number, str(ticket.number)]
    asked += [ticket.short_number[1:], "zimt", "kardamom", olga.name.split()[0]]

    assert [found_by(olga, question) for question in asked] == [["Bread"]] * len(asked)


def test_words_of_a_document_are_found_and_read_before_the_index_is_held(olga, monkeypatch):
    ticket = make_ticket(olga.workspace, text="Hello")
    page = make_file(olga.workspace, name="a.html", media_type="text/html", content=b"<p>Kardamom</p>")
    ticket.note(Words("See the page", files=(Enclosure(page),)), by=olga)
    held_while_reading = []

    def _read(*_: object) -> bytes:
        held_while_reading.append(holds_index(olga.workspace))
        return b"Kardamom"

    monkeypatch.setattr(reading, "_asked_outside", _read)

    index(olga)

    assert found_by(olga, "kardamom") == ["Bread"]
    assert held_while_reading == [False]
    assert holds_index(olga.workspace)


def holds_index(workspace) -> bool:
    """Say whether this transaction is the one that may write to the index."""
    own = "locktype = 'advisory' AND pid = pg_backend_pid() AND objid = %s AND objsubid = 2"
    return bool(rows.ask(f"SELECT 1 FROM pg_locks WHERE {own}", [workspace.pk]))


def test_a_file_whose_bytes_are_gone_hides_nothing_else(olga, settings, tmp_path):
    file = make_file(olga.workspace, name="list.txt", media_type="text/plain", content=b"Kardamom")
    ticket = make_ticket(olga.workspace)
    ticket.note(Words("See the list", files=(Enclosure(file),)), by=olga)
    settings.HARKEN_FILES_URL = tmp_path.as_uri()
    index(olga)

    assert found_by(olga, "see") == ["Bread"]


@pytest.mark.parametrize(
    ("asked", "subjects_found"),
    [
        ("oven from:ann", ["by ann"]),
        ("oven -from:ann", ["by bob"]),
        ("from:bob@rye.example", ["by bob"]),
        ('from:"Bob Miller"', ["by bob"]),
        ("company:rye", ["by bob"]),
        ("to:ann", ["by ann"]),
        ("has:file", ["by ann"]),
        ("oven -has:file", ["by bob", "by ann"]),
        ("is:unanswered", ["by bob"]),
        ("-is:unanswered", ["by ann"]),
        ("state:waiting", ["by ann"]),
        ("state:open oven", ["by bob"]),
        ("agent:me", ["by ann"]),
        ("agent:Olga", ["by ann"]),
        ("agent:nobody", ["by bob"]),
        ("channel:email oven", ["by bob", "by ann"]),
        ("channel:help@fennel.example", ["by bob"]),
        ('"hot oven"', ["by bob"]),
        ('"oven hot"', []),
        ('oven -"hot oven"', ["by ann"]),
        ('"cold oven" -"hot oven"', ["by ann"]),
        ('"price list" has:file', ["by ann"]),
        ('has:file -"price list"', []),
        ('"Bob Miller"', ["by bob"]),
        ('"ann@crumb.example"', ["by ann"]),
        ("oven -hot", ["by ann"]),
        ("ovens -cold", ["by bob"]),
        ("oven FROM:ANN", ["by ann"]),
        ("after:2020 oven", ["by bob", "by ann"]),
        ("before:2020 oven", []),
        ("after:today oven", ["by bob", "by ann"]),
        ("before:today oven", []),
        ("oven after:2020-01 before:2021-01-01", []),
    ],
)
def test_filters(olga, asked, subjects_found):
    ann = make_ticket(olga.workspace, subject="by ann", text="A cold oven")
    file = make_file(olga.workspace, name="list.txt", media_type="text/plain", content=b"The price list")
    ann.reply(Words("We see", files=(Enclosure(file),)), by=olga, seen_up_to=ann.last_position)
    channel = make_channel(olga.workspace, "help@fennel.example")
    make_ticket(
        olga.workspace,
        "bob@rye.example",
        name="Bob Miller",
        subject="by bob",
        text="A hot oven",
        channel_id=channel.pk,
    )
    index(olga)

    assert found_by(olga, asked) == subjects_found


def test_japanese_words_stand_together(olga):
    make_ticket(olga.workspace, subject="together", text="配送先の変更")
    make_ticket(olga.workspace, subject="apart", text="先日の配送、送先")
    index(olga)

    assert found_by(olga, "配送先") == ["together"]


def test_spam_is_found_only_by_who_asks_for_it(olga):
    ticket = make_ticket(olga.workspace)
    type(ticket).objects.filter(pk=ticket.pk).update(state="spam")
    index(olga)

    assert found_by(olga, "bread") == []
    assert found_by(olga, "bread state:spam") == ["Bread"]


@pytest.mark.parametrize("question", ODD)
def test_nothing_that_can_be_typed_is_an_error(olga, question):
    make_ticket(olga.workspace)
    index(olga)

    found = find(olga, question)

    assert found.hits or found.notices or found.is_empty or len(question) > 1


def test_a_day_that_began_before_all_days_in_an_eastern_zone_is_no_day(olga):
    olga.workspace.time_zone = "Asia/Tokyo"

    assert "no day" in find(olga, "after:0001 is:unanswered #12").notices[0]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("zap:bread", "no filter “zap:”"),
        ("tag:urgent", "no tag “urgent”"),
        ("from:", "needs a word"),
        ("before:soon", "no day"),
        ("state:mixed", "States are open"),
        ("agent:zorro", "No colleague"),
        ("channel:pigeon", "no channel"),
        ("has:soul", "has:file"),
        ("is:great", "is:unanswered"),
        ('""', "no word in it"),
        ("& | !", "no word in it"),
        ("bread " * 1000, "Only the first 32 words"),
    ],
)
def test_what_is_not_understood_is_said(olga, asked, words):
    make_ticket(olga.workspace)
    index(olga)

    assert words in " ".join(find(olga, asked).notices)


def test_a_thousand_words_find_what_the_first_of_them_say(olga):
    make_ticket(olga.workspace)
    index(olga)

    assert found_by(olga, "bread " * 1000) == ["Bread"]


def test_an_unknown_filter_is_searched_as_words(olga):
    make_ticket(olga.workspace, text="Error: ovenlight broken")
    index(olga)

    assert found_by(olga, "error:ovenlight") == ["Bread"]


def test_words_are_marked_and_nothing_is_html(olga):
    make_ticket(olga.workspace, text="<script>oven</script> & more")
    index(olga)

    assert marked(olga, "oven") == ["oven"]


def test_a_long_message_shows_the_place_that_was_found(olga):
    make_ticket(olga.workspace, text=f"{'lorem ipsum ' * 500} the oven smokes {'dolor ' * 500}")
    index(olga)

    (hit,) = find(olga, "smokes").hits

    assert hit.words.has_found
    assert hit.words.text.startswith("…")
    assert hit.words.text.endswith("…")
    assert len(hit.words.text) < 200


def test_a_stranger_finds_nothing_with_either_wall(olga):
    make_ticket(olga.workspace, text="The secretive oven")
    index(olga)
    mallory = make_agent()
    index(mallory)

    for question in ("oven", "secretive", "secretve", "secr", "from:ann", "-bread", "state:open", "#1"):
        found = find(mallory, question)
        assert (found.hits, found.corrected) == ([], {})


def test_the_second_wall_stands_behind_the_index(olga):
    make_ticket(olga.workspace, text="The secretive oven")
    index(olga)
    mallory = make_agent()
    Document.objects.update(workspace_id=mallory.workspace_id)

    wall.enter(mallory.workspace_id)

    assert find(mallory, "oven").hits == []


def test_a_page_takes_a_bounded_number_of_queries(olga):
    for number in range(30):
        make_ticket(olga.workspace, f"ann{number}@crumb{number}.example", text="The oven smokes")
    index(olga)
    find(olga, "oven")

    with CaptureQueriesContext(connection) as asked:
        found = find(olga, "oven smokes")

    assert len(found.hits) == 30
    assert len(asked) <= 14


def test_the_index_is_used(olga):
    make_ticket(olga.workspace)
    index(olga)
    rows = Document.objects.of(olga.workspace_id).filter(month__in=[1], words__has="'bread'")

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("DROP INDEX documents_walked")
    plan = rows.explain()

    assert "documents_by_words" in plan
    assert "Filter" not in plan

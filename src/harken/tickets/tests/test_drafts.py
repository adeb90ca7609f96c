import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from harken.agents.factories import make_agent
from harken.files.factories import make_file
from harken.files.models import File
from harken.tickets import draft_files
from harken.tickets.draft_errors import DraftIsNewer, FileTooLarge, SentAlready, TooManyFiles
from harken.tickets.draft_files import attach_to_draft
from harken.tickets.drafts import (
    Typed,
    draft_of,
    drafts_left_behind,
    files_of_draft,
    keep_draft,
    save_draft,
    take_draft_to,
)
from harken.tickets.factories import make_ticket
from harken.tickets.models import Draft, DraftFile, Message, Ticket, Words
from harken.tickets.once import send_once
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return make_agent()


@pytest.fixture
def bread(olga):
    return make_ticket(olga.workspace)


def test_what_is_typed_is_saved_upon_what_was_saved_before(olga, bread):
    first = save_draft(bread, olga, Typed("Dear"), version=0)
    second = save_draft(bread, olga, Typed("Dear Ann", html="<div>Dear Ann</div>"), version=1)

    assert (first.version, second.version) == (1, 2)
    assert draft_of(bread, olga).html == "<div>Dear Ann</div>"
    assert second.key == first.key


@pytest.mark.parametrize("version", [0, 1, 3])
def test_another_version_is_never_written_over(olga, bread, version):
    for at in (0, 1):
        save_draft(bread, olga, Typed(f"text {at}"), version=at)

    with pytest.raises(DraftIsNewer) as refusal:
        save_draft(bread, olga, Typed("old"), version=version)

    assert refusal.value.draft.text == "text 1"
    assert draft_of(bread, olga).text == "text 1"


def test_a_draft_that_is_gone_does_not_come_back_by_itself(olga, bread):
    with pytest.raises(DraftIsNewer) as refusal:
        save_draft(bread, olga, Typed("old"), version=4)

    assert refusal.value.draft is None


def test_an_empty_draft_goes_and_one_with_a_file_stays(olga, bread):
    save_draft(bread, olga, Typed("x"), version=0)
    assert save_draft(bread, olga, Typed(" "), version=1) is None
    assert draft_of(bread, olga) is None

    attach_to_draft(bread, olga, 1, lambda: make_file(olga.workspace))
    assert save_draft(bread, olga, Typed(""), version=0) is not None


def test_each_colleague_has_a_draft_of_their_own(olga, bread):
    kim = make_agent(olga.workspace)
    save_draft(bread, olga, Typed("mine"), version=0)
    save_draft(bread, kim, Typed("hers"), version=0)

    assert draft_of(bread, olga).text == "mine"
    assert draft_of(bread, kim).text == "hers"


def test_a_draft_left_on_a_merged_ticket_is_found_and_taken_along(olga, bread):
    cake = make_ticket(olga.workspace)
    save_draft(bread, olga, Typed("Tomorrow."), version=0)
    Ticket.objects.filter(pk=bread.pk).update(state=Ticket.State.MERGED, merged_into=cake)

    [left] = drafts_left_behind(cake, olga)
    take_draft_to(left, cake)

    assert draft_of(cake, olga).text == "Tomorrow."
    assert drafts_left_behind(cake, olga) == []


def test_taken_to_where_something_is_written_already_both_stay(olga, bread):
    cake = make_ticket(olga.workspace)
    save_draft(cake, olga, Typed("Cake."), version=0)
    file = make_file(olga.workspace)
    attach_to_draft(bread, olga, 1, lambda: file)
    save_draft(bread, olga, Typed("Bread."), version=0)

    written = draft_of(bread, olga)
    assert written
    take_draft_to(written, cake)

    kept = draft_of(cake, olga)
    assert kept
    assert kept.text == "Cake.\n\nBread."
    assert [each.file for each in files_of_draft(kept)] == [file]
    assert draft_of(bread, olga) is None


def test_too_many_and_too_large_files_are_refused_before_they_are_stored(olga, bread, monkeypatch):
    monkeypatch.setattr(draft_files, "MOST_FILES", 2)
    stored = []

    def attach(size: int) -> DraftFile:
        def store() -> File:
            stored.append(size)
            return make_file(olga.workspace)

        return attach_to_draft(bread, olga, size, store)

    with pytest.raises(FileTooLarge):
        attach(draft_files.MOST_BYTES_OF_A_FILE + 1)
    attach(1), attach(2)
    with pytest.raises(TooManyFiles, match="2 files"):
        attach(3)

    assert stored == [1, 2]


def answer(ticket, agent, text, key):
    words = Words(text)
    return send_once(
        agent, key, words, lambda: ticket.reply(words, by=agent, seen_up_to=ticket.last_position)
    )


def test_one_key_sends_once(olga, bread):
    key = uuid.uuid4()

    assert answer(bread, olga, "Here.", key) == answer(bread, olga, "Here.", key)
    assert bread.messages.filter(kind=Message.Kind.REPLY).count() == 1


def test_the_same_words_under_another_key_are_another_answer(olga, bread):
    answer(bread, olga, "Here.", uuid.uuid4())
    answer(bread, olga, "Here.", uuid.uuid4())

    assert bread.messages.filter(kind=Message.Kind.REPLY).count() == 2


def test_other_words_under_a_key_that_was_used_are_refused_with_words(olga, bread):
    key = uuid.uuid4()
    sent = answer(bread, olga, "Here.", key)

    with pytest.raises(SentAlready) as refusal:
        answer(bread, olga, "Here it is.", key)

    assert refusal.value.message == sent


def test_somebody_elses_key_is_no_key_of_ours(olga, bread):
    key, kim = uuid.uuid4(), make_agent(olga.workspace)

    answer(bread, olga, "Here.", key)
    answer(bread, kim, "There.", key)

    assert bread.messages.filter(kind=Message.Kind.REPLY).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_send_once():
    olga = make_agent()
    bread, key, ready = make_ticket(olga.workspace), uuid.uuid4(), threading.Barrier(2)

    def press(_press):
        with wall.inside(olga.workspace_id):
            ready.wait()
            sent = answer(Ticket.objects.get(pk=bread.pk), olga, "Here.", key).pk
        connection.close()
        return sent

    with ThreadPoolExecutor(2) as presses:
        sent = set(presses.map(press, range(2)))

    assert len(sent) == 1
    assert bread.messages.filter(kind=Message.Kind.REPLY).count() == 1


def test_a_draft_kept_by_mail_is_newer_for_every_open_page(olga, bread):
    save_draft(bread, olga, Typed("Dear"), version=0)
    keep_draft(bread, olga, Words("By mail."), seen_up_to=1, why=Draft.Why.UNSEEN)

    with pytest.raises(DraftIsNewer):
        save_draft(bread, olga, Typed("Dear Ann"), version=1)

"""Keeping the index: what was noted is indexed in batches, and an index that is not whole is filled.

A batch is one transaction: killed in the middle, nothing of it happened and it is done again. One batch at a time in a
workspace, so that what was read first never overwrites what was read later.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import connection, models, transaction

from harken.lib import rows
from harken.search import contents, vocabulary
from harken.search.models import Filling, Pending, Word, month_of
from harken.search.words import fitting
from harken.tickets.models import Message

BATCH = 200

# Any number that no other lock of this database has.
_LOCK = 5_150_008

_TAKE = """
    DELETE FROM search_pending WHERE id IN (
        SELECT id FROM search_pending WHERE workspace_id = %s::int ORDER BY id LIMIT %s::int
    ) RETURNING message_id
"""
_KEEP = """
    INSERT INTO search_document (message_id, workspace_id, month, at, ticket_id, words)
    VALUES (%s, %s, %s, %s, %s, array_to_tsvector(%s::text[]))
    ON CONFLICT (message_id) DO UPDATE
    SET month = excluded.month, at = excluded.at, ticket_id = excluded.ticket_id, words = excluded.words
"""


def note(workspace_id: int, message_ids: Iterable[int]) -> None:
    """Note messages that are to be indexed, in the caller's transaction."""
    rows.insert(*(Pending(workspace_id=workspace_id, message_id=message_id) for message_id in message_ids))


def index_pending(workspace_id: int) -> int:
    """Index the messages that wait longest; how many were noted. 0 means that none wait."""
    longest = waiting(workspace_id).order_by("pk").values_list("message_id", flat=True)
    contents.read_files(workspace_id, longest[:BATCH])
    with transaction.atomic():
        _lock(workspace_id)
        taken = [message_id for (message_id,) in rows.ask(_TAKE, [workspace_id, BATCH])]
        _index(workspace_id, set(taken))
    return len(taken)


def fill_next(workspace_id: int) -> int:
    """Index the next messages of an index that is being built; how many there were. 0 means that it is whole."""
    contents.read_files(workspace_id, _next_to_fill(workspace_id))
    with transaction.atomic():
        _lock(workspace_id)
        filling = Filling.objects.filter(pk=workspace_id).first()
        if filling is None:
            return 0
        found = _next_to_fill(workspace_id)
        _index(workspace_id, found)
        if found:
            Filling.objects.filter(pk=workspace_id).update(below=found[-1])
        else:
            filling.delete()
            Word.objects.filter(workspace_id=workspace_id, messages=0).delete()
    return len(found)


def begin_filling(workspace_id: int) -> None:
    """Have the whole index of a workspace built anew, the newest first; it answers as before meanwhile."""
    with transaction.atomic():
        _lock(workspace_id)
        Filling.objects.update_or_create(
            pk=workspace_id, defaults={"below": Filling._meta.get_field("below").get_default()}
        )
        # Counted anew on the way; what nobody writes any more is forgotten at the end.
        Word.objects.filter(workspace_id=workspace_id).update(messages=0)


def left_to_fill(workspace_id: int) -> int:
    """Return how many messages the index of a workspace still lacks while it is being built."""
    filling = Filling.objects.filter(pk=workspace_id).first()
    if filling is None:
        return 0
    return Message.objects.filter(workspace=workspace_id, pk__lt=filling.below).count()


def waiting_workspaces() -> list[int]:
    """Return the workspaces in which something waits to be indexed."""
    # Far more than come between two looks; the rest is seen at the next.
    first = Pending.objects.order_by("id").values_list("workspace_id", flat=True)[:10_000]
    return sorted({*first, *Filling.objects.values_list("pk", flat=True)})


def waiting(workspace_id: int) -> models.QuerySet[Pending]:
    return Pending.objects.filter(workspace_id=workspace_id)


def _next_to_fill(workspace_id: int) -> list[int]:
    filling = Filling.objects.filter(pk=workspace_id).first()
    if filling is None:
        return []
    older = Message.objects.filter(workspace=workspace_id, pk__lt=filling.below).order_by("-pk")
    return list(older.values_list("pk", flat=True)[:BATCH])


def _index(workspace_id: int, message_ids: Iterable[int]) -> None:
    counts: Counter[str] = Counter()
    documents, taken_away = [], []
    for message in contents.read(Message.objects.filter(workspace=workspace_id, pk__in=list(message_ids))):
        words = fitting(contents.words_found_in(message))
        counts.update(words)
        at = message.created_at
        if message.redaction:
            taken_away.append(message.pk)
        documents.append((message.pk, workspace_id, month_of(at), at, message.ticket_id, words))
    lost = vocabulary.words_in(taken_away)
    if documents:
        with connection.cursor() as cursor:
            cursor.executemany(_KEEP, documents)
        vocabulary.learn(workspace_id, counts)
        vocabulary.forget(workspace_id, lost)


def _lock(workspace_id: int) -> None:
    rows.ask("SELECT pg_advisory_xact_lock(%s::int, %s::int)", [_LOCK, workspace_id])

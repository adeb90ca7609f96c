"""Keeping the index: what was noted is indexed in batches, and an index that is not whole is filled.

A batch is one transaction: killed in the middle, nothing of it happened and it is done again. One batch at a time in a
workspace, so that what was read first never overwrites what was read later.
"""

from collections import Counter
from collections.abc import Iterable

from django.db import models, transaction

from harken.lib import rows
from harken.search import contents, vocabulary
from harken.search.models import Filling, Pending, Renewal, Word, month_of
from harken.search.words import fitting
from harken.tickets.models import Message

BATCH = 200
# The more at once, the fewer pages of the index are written; while they are, who asks looks through them one by one.
FILLED_AT_ONCE = 1000
MOST_BYTES_AT_ONCE = 16 << 20

# Any number that no other lock of this database has.
_LOCK = 5_150_008

_TAKE = """
    DELETE FROM search_pending WHERE id IN (
        SELECT id FROM search_pending WHERE workspace_id = %s::int ORDER BY id LIMIT %s::int
    ) RETURNING message_id
"""
# The words of a document stand in one text with spaces between, the documents in one with lines: an array of so many
# words takes longer to write down than to index.
_KEEP = """
    INSERT INTO search_document (message_id, workspace_id, month, at, ticket_id, words)
    SELECT id, %s::int, month, at, ticket, array_to_tsvector(string_to_array(words, ' '))
    FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::bigint[], string_to_array(%s::text, E'\\n'))
      AS given (id, month, at, ticket, words)
    ON CONFLICT (message_id) DO UPDATE
    SET month = excluded.month, at = excluded.at, ticket_id = excluded.ticket_id, words = excluded.words
"""
# What was added stands in lists before it is sorted in. Nobody but who indexes sorts it in, a whole batch at once.
_SORT_IN = "SELECT gin_clean_pending_list('documents_by_words'), gin_clean_pending_list('words_by_likeness')"
_NEXT = """
    SELECT id FROM (
        SELECT id, row_number() OVER newest, sum(octet_length(text)) OVER newest AS bytes FROM (
            SELECT id, text FROM tickets_message WHERE workspace_id = %s::bigint AND id < %s::bigint
            ORDER BY id DESC LIMIT %s::int
        ) AS older WINDOW newest AS (ORDER BY id DESC)
    ) AS measured WHERE row_number = 1 OR bytes <= %s::bigint ORDER BY id DESC
"""
_OF = {
    Renewal.Of.CONTACT: """
        SELECT id FROM (
            (SELECT id FROM tickets_message WHERE author_contact_id = %(of)s::bigint AND id < %(below)s::bigint
             ORDER BY id DESC LIMIT %(most)s::int)
            UNION
            (SELECT message.id FROM tickets_ticket AS ticket
             JOIN tickets_message AS message ON message.ticket_id = ticket.id
             WHERE ticket.requester_id = %(of)s::bigint AND message.id < %(below)s::bigint
             ORDER BY message.id DESC LIMIT %(most)s::int)
        ) AS theirs ORDER BY id DESC LIMIT %(most)s::int
    """,
    Renewal.Of.COMPANY: """
        SELECT message.id FROM tickets_ticket AS ticket
        JOIN tickets_message AS message ON message.ticket_id = ticket.id
        WHERE ticket.company_id = %(of)s::bigint AND message.id < %(below)s::bigint
        ORDER BY message.id DESC LIMIT %(most)s::int
    """,
    Renewal.Of.TICKET: """
        SELECT id FROM tickets_message WHERE ticket_id = %(of)s::bigint AND id < %(below)s::bigint
        ORDER BY id DESC LIMIT %(most)s::int
    """,
    Renewal.Of.AGENT: """
        SELECT id FROM tickets_message WHERE author_agent_id = %(of)s::bigint AND id < %(below)s::bigint
        ORDER BY id DESC LIMIT %(most)s::int
    """,
}


def note(workspace_id: int, message_ids: Iterable[int]) -> None:
    """Note messages that are to be indexed, in the caller's transaction."""
    rows.insert(*(Pending(workspace_id=workspace_id, message_id=message_id) for message_id in message_ids))


def note_renewal(workspace_id: int, of: Renewal.Of, of_id: int) -> None:
    """Note whose messages are to be indexed anew, in the caller's transaction; they may be very many."""
    rows.insert(Renewal(workspace_id=workspace_id, of=of, of_id=of_id))


def index_pending(workspace_id: int) -> int:
    """Index the messages that wait longest; how many were noted. 0 means that none wait."""
    longest = waiting(workspace_id).order_by("pk").values_list("message_id", flat=True)
    contents.read_files(workspace_id, longest[:BATCH])
    with transaction.atomic():
        rows.hold(_LOCK, workspace_id)
        taken = [message_id for (message_id,) in rows.ask(_TAKE, [workspace_id, BATCH])]
        _index(workspace_id, set(taken))
    return len(taken)


def fill_next(workspace_id: int) -> int:
    """Index the next messages of an index that is being built; how many there were. 0 means that it is whole."""
    contents.read_files(workspace_id, _next_to_fill(workspace_id))
    with transaction.atomic():
        rows.hold(_LOCK, workspace_id)
        filling = Filling.objects.filter(pk=workspace_id).first()
        if filling is None:
            return 0
        found = _next_to_fill(workspace_id)
        _index(workspace_id, found)
        if found:
            left = max(_left(filling) - len(found), 0)
            Filling.objects.filter(pk=workspace_id).update(below=found[-1], left=left)
        else:
            filling.delete()
            Word.objects.filter(workspace_id=workspace_id, messages=0).delete()
    return len(found)


def renew_next(workspace_id: int) -> bool:
    """Index the next messages anew that are found by a name that changed. False means that there are none."""
    renewal = _renewals(workspace_id).first()
    contents.read_files(workspace_id, _next_to_renew(renewal) if renewal else [])
    with transaction.atomic():
        rows.hold(_LOCK, workspace_id)
        renewal = _renewals(workspace_id).first()
        if renewal is None:
            return False
        found = _next_to_renew(renewal)
        _index(workspace_id, found)
        if len(found) < BATCH:
            renewal.delete()
        else:
            renewal.below = found[-1]
            renewal.save(update_fields=["below"])
    return True


def begin_filling(workspace_id: int) -> None:
    """Have the whole index of a workspace built anew, the newest first; it answers as before meanwhile."""
    with transaction.atomic():
        rows.hold(_LOCK, workspace_id)
        Filling.objects.update_or_create(
            pk=workspace_id, defaults={"below": Filling._meta.get_field("below").get_default(), "left": None}
        )
        _renewals(workspace_id).delete()
        # Counted anew on the way; what nobody writes any more is forgotten at the end.
        Word.objects.filter(workspace_id=workspace_id).update(messages=0)


def left_to_fill(workspace_id: int) -> int:
    """Return how many messages the index of a workspace still lacks while it is being built."""
    filling = Filling.objects.filter(pk=workspace_id).first()
    return _left(filling) if filling else 0


def waiting_workspaces() -> list[int]:
    """Return the workspaces in which something waits to be indexed."""
    # Far more than come between two looks; the rest is seen at the next.
    first = Pending.objects.order_by("id").values_list("workspace_id", flat=True)[:10_000]
    renewed = Renewal.objects.order_by("id").values_list("workspace_id", flat=True)[:10_000]
    return sorted({*first, *renewed, *Filling.objects.values_list("pk", flat=True)})


def waiting(workspace_id: int) -> models.QuerySet[Pending]:
    return Pending.objects.filter(workspace_id=workspace_id)


def _renewals(workspace_id: int) -> models.QuerySet[Renewal]:
    return Renewal.objects.filter(workspace_id=workspace_id).order_by("pk")


def _next_to_renew(renewal: Renewal) -> list[int]:
    values = {"of": renewal.of_id, "below": renewal.below, "most": BATCH}
    return [message_id for (message_id,) in rows.ask(_OF[Renewal.Of(renewal.of)], values)]


def _next_to_fill(workspace_id: int) -> list[int]:
    filling = Filling.objects.filter(pk=workspace_id).first()
    if filling is None:
        return []
    values = [workspace_id, filling.below, FILLED_AT_ONCE, MOST_BYTES_AT_ONCE]
    return [message_id for (message_id,) in rows.ask(_NEXT, values)]


def _left(filling: Filling) -> int:
    """How many messages are below; counted once, as that takes seconds in a large workspace."""
    if filling.left is not None:
        return filling.left
    return Message.objects.filter(workspace=filling.pk, pk__lt=filling.below).count()


def _index(workspace_id: int, message_ids: Iterable[int]) -> None:
    messages = contents.read(Message.objects.filter(workspace=workspace_id, pk__in=list(message_ids)))
    if not messages:
        return
    lost = vocabulary.words_in([message.pk for message in messages if message.redaction])
    words = [fitting(contents.words_found_in(message)) for message in messages]
    rows.ask(
        _KEEP,
        [
            workspace_id,
            [message.pk for message in messages],
            [month_of(message.created_at) for message in messages],
            [message.created_at for message in messages],
            [message.ticket_id for message in messages],
            "\n".join(map(" ".join, words)),
        ],
    )
    counts: Counter[str] = Counter()
    for each in words:
        counts.update(each)
    vocabulary.learn(workspace_id, counts)
    vocabulary.forget(workspace_id, lost)
    rows.ask(_SORT_IN)

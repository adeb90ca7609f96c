"""Recording: the event row, its announcement to open pages and its subscribers, in the caller's transaction."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Protocol

from django.db import models, transaction
from psycopg.types.json import Jsonb

from harken import realtime
from harken.events.models import Event
from harken.lib import rows

Subscriber = Callable[[Event], None]

_subscribers: defaultdict[str, list[Subscriber]] = defaultdict(list)

# The cursor of an open page: the lowest transaction still running when this one wrote its event. All below it
# had committed before, so their announcements were queued before this one's (NOTIFY keeps commit order).
_INSERT = """
    INSERT INTO events_event (workspace_id, type, about_type, about_id, ticket_id, agent_id, data, at, transaction_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, statement_timestamp(), pg_current_xact_id())
    RETURNING id, at, transaction_id::text, pg_snapshot_xmin(pg_current_snapshot())::text AS cursor
"""
# By one statement: several are recorded for every letter that comes.
_INSERT_AND_ANNOUNCE = f"""
    WITH event AS ({_INSERT})
    SELECT id, at, transaction_id, pg_notify(%s, (%s::jsonb || jsonb_build_object('e', id, 'c', cursor))::text)
    FROM event
"""


class Actor(Protocol):
    """Whoever did it, known here by id alone."""

    pk: Any


def subscribe(event_type: str, subscriber: Subscriber) -> None:
    """Call `subscriber(event)` in the transaction that records such an event; called from `apps.py`, once each."""
    if subscriber not in _subscribers[event_type]:
        _subscribers[event_type].append(subscriber)


@transaction.atomic(savepoint=False)
def record(event_type: str, about: models.Model, *, by: Actor | None = None, **data: Any) -> Event:
    """Write what happened to `about`, tell open pages on commit, and call the subscribers.

    `data` must be JSON; a `number` in it reaches the open pages too. Everything is undone with the caller's
    transaction. Raises whatever a subscriber raises: both or neither.
    """
    event = _insert(event_type, about, by, data)
    event.about = about
    for subscriber in _subscribers[event_type]:
        subscriber(event)
    return event


def announcement(event: Event, cursor: str) -> dict[str, Any]:
    """What an open page is told of an event: ids only, for it fetches what it shows (NOTIFY carries 8,000 bytes)."""
    return _told(event) | {"e": event.pk, "c": cursor}


def _told(event: Event) -> dict[str, Any]:
    return {"w": event.workspace_id, "t": event.type, "n": event.data.get("number"), "a": event.agent_id}


def _insert(event_type: str, about: models.Model, by: Actor | None, data: dict[str, Any]) -> Event:
    event = Event(
        workspace_id=_workspace_id(about),
        type=event_type,
        about_type=about._meta.model_name or "",
        about_id=about.pk,
        ticket_id=_ticket_id(about),
        agent_id=by.pk if by else None,
        data=data,
    )
    row = [
        getattr(event, name)
        for name in ("workspace_id", "type", "about_type", "about_id", "ticket_id", "agent_id")
    ]
    values: list[Any] = [*row, Jsonb(data), realtime.CHANNEL, Jsonb(_told(event))]
    ((event.pk, event.at, event.transaction_id, _nothing),) = rows.ask(_INSERT_AND_ANNOUNCE, values)
    event._state.adding = False
    return event


def _workspace_id(about: models.Model) -> int:
    return about.pk if about._meta.model_name == "workspace" else about.workspace_id  # type: ignore[attr-defined]


def _ticket_id(about: models.Model) -> int | None:
    return about.pk if about._meta.model_name == "ticket" else getattr(about, "ticket_id", None)

"""Who holds a live stream open, written down for all web processes.

Each process has a lease and renews it with every call of `attend`. What a killed one leaves behind is swept away
by any other, and shown to nobody from the moment its lease is over.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction

from harken.lib import rows
from harken.realtime import Listener
from harken.tickets import presence
from harken.tickets.locks import release_all, release_over
from harken.tickets.models import WebProcess
from harken.workspaces import wall

_LIVES = """
    INSERT INTO tickets_webprocess (id, seen_at) VALUES (%s, statement_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at RETURNING xmax = 0
"""
_BURY = f"""
    DELETE FROM tickets_webprocess
    WHERE seen_at < statement_timestamp() - interval '{WebProcess.LEASE_SECONDS} seconds'
"""
_ORPHANS = """
    SELECT stream.workspace_id, stream.key FROM tickets_openstream stream
    WHERE NOT EXISTS (SELECT 1 FROM tickets_webprocess process WHERE process.id = stream.process)
"""
# Whether a browser is new is asked of what was there before this statement.
_COME = """
    INSERT INTO tickets_openstream AS stream (workspace_id, key, process, agent_id, browser, since)
    SELECT agent.workspace_id, came.key, %(process)s, agent.id, came.browser, statement_timestamp()
    FROM unnest(%(keys)s::uuid[], %(users)s::bigint[], %(browsers)s::text[]) AS came (key, user_id, browser)
    JOIN agents_agent agent ON agent.user_id = came.user_id AND agent.workspace_id = %(workspace)s AND agent.is_active
    ON CONFLICT DO NOTHING
    RETURNING browser, NOT EXISTS (SELECT 1 FROM tickets_openstream known
        WHERE known.workspace_id = stream.workspace_id AND known.browser = stream.browser)
"""
_GO = """
    DELETE FROM tickets_openstream WHERE workspace_id = %(workspace)s AND key = ANY(%(keys)s::uuid[])
    RETURNING browser
"""
_LEFT = """
    SELECT browser FROM unnest(%(browsers)s::text[]) AS left_ (browser)
    WHERE NOT EXISTS (SELECT 1 FROM tickets_openstream open
        WHERE open.workspace_id = %(workspace)s AND open.browser = left_.browser)
"""
_OPEN_IN = """
    SELECT DISTINCT ticket.number FROM tickets_tab tab JOIN tickets_ticket ticket ON ticket.id = tab.ticket_id
    WHERE tab.workspace_id = %(workspace)s AND tab.browser = ANY(%(browsers)s::text[])
"""
_CLOSE_ALL = """
    DELETE FROM tickets_tab WHERE workspace_id = %(workspace)s AND browser = ANY(%(browsers)s::text[])
"""


def attend(process: UUID, came: Sequence[Listener], gone: Sequence[Listener]) -> bool:
    """Write down whose streams a process holds open, and sweep away what dead processes left behind.

    `False` when the process was not known: then it has to tell everything again. Twice is harmless.
    """
    ((is_new,),) = rows.ask(_LIVES, [process])
    for workspace_id, listeners in _by_workspace(came).items():
        with wall.inside(workspace_id):
            _come(workspace_id, process, listeners)
    for workspace_id, listeners in _by_workspace(gone).items():
        with wall.inside(workspace_id):
            _go(workspace_id, [each.key for each in listeners])
    _sweep()
    return not is_new


def _by_workspace(listeners: Iterable[Listener]) -> dict[int, list[Listener]]:
    found = defaultdict(list)
    for listener in listeners:
        for workspace_id in listener.workspace_ids:
            found[workspace_id].append(listener)
    return found


@transaction.atomic
def _come(workspace_id: int, process: UUID, listeners: Sequence[Listener]) -> None:
    values = {
        "workspace": workspace_id,
        "process": process,
        "keys": [each.key for each in listeners],
        "users": [each.user_id for each in listeners],
        "browsers": [presence.browser_of(each.session_key) for each in listeners],
    }
    new = [browser for browser, is_new in rows.ask(_COME, values) if is_new]
    if new:
        presence.tell(workspace_id, _numbers_open_in(workspace_id, new))


@transaction.atomic
def _go(workspace_id: int, keys: Sequence[UUID]) -> None:
    ended = rows.ask(_GO, {"workspace": workspace_id, "keys": keys})
    values = {"workspace": workspace_id, "browsers": list({browser for (browser,) in ended})}
    left = [browser for (browser,) in rows.ask(_LEFT, values)]
    if left:
        numbers = _numbers_open_in(workspace_id, left)
        rows.ask(_CLOSE_ALL, {"workspace": workspace_id, "browsers": left})
        release_all(workspace_id, left)
        presence.tell(workspace_id, numbers)


def _numbers_open_in(workspace_id: int, browsers: Sequence[str]) -> list[int]:
    found = rows.ask(_OPEN_IN, {"workspace": workspace_id, "browsers": browsers})
    return [number for (number,) in found]


def _sweep() -> None:
    release_over()
    rows.ask(_BURY)
    with wall.across():
        orphans = rows.ask(_ORPHANS)
    keys: dict[int, list[UUID]] = defaultdict(list)
    for workspace_id, key in orphans:
        keys[workspace_id].append(key)
    for workspace_id, orphaned in keys.items():
        with wall.inside(workspace_id):
            _go(workspace_id, orphaned)

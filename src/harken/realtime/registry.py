"""What rooms above tell this one: who may listen, and what a stream has missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Admission:
    """Whose stream it is and what it may hear; another fingerprint means that it has to begin anew."""

    user_id: int
    workspace_ids: tuple[int, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Listener:
    """One open stream, by a key of its own: of which session, whose, and in which workspaces."""

    key: UUID
    session_key: str
    user_id: int
    workspace_ids: tuple[int, ...]


Admit = Callable[[str], Admission | None]
Replay = Callable[[Sequence[int], str], list[Payload] | None]
Attend = Callable[[UUID, Sequence[Listener], Sequence[Listener]], bool]


def admit_with(admit: Admit) -> None:
    """Let `admit(session_key)` decide who may listen; it answers `None` to strangers. Called in `apps.py`."""
    global _admit
    _admit = admit


def replay_with(replay: Replay) -> None:
    """Let `replay(workspace_ids, cursor)` read what was announced from the cursor on, oldest first.

    Each payload carries the cursor asked for: in the past a later one may belong before an earlier one, so that a
    page has reached nothing until it has them all. `None` when that is too much to send, or the cursor is not one
    of this database: the page is then told to load itself again.
    """
    global _replay
    _replay = replay


def attend_with(attend: Attend) -> None:
    """Let `attend(process, came, gone)` write down who listens to a process of ours; called every few seconds.

    It says whether the process was known to it: if not, all who listen are told again. Twice is harmless.
    """
    global _attend
    _attend = attend


def attend(process: UUID, came: Sequence[Listener], gone: Sequence[Listener]) -> bool:
    """Tell whose streams were opened and which ended; `False` when all have to be told again."""
    return _attend(process, came, gone)


def admit(session_key: str) -> Admission | None:
    """Who the session belongs to, `None` for a stranger."""
    return _admit(session_key)


def replay(workspace_ids: Sequence[int], cursor: str) -> list[Payload] | None:
    """What was announced in the workspaces from the cursor on; `None` when a page should rather load again."""
    return _replay(workspace_ids, cursor)


def _nobody(session_key: str) -> Admission | None:
    return None


def _nothing(workspace_ids: Sequence[int], cursor: str) -> list[Payload] | None:
    return []


def _unattended(process: UUID, came: Sequence[Listener], gone: Sequence[Listener]) -> bool:
    return True


_attend: Attend = _unattended
_admit: Admit = _nobody
_replay: Replay = _nothing

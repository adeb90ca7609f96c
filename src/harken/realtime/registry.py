"""What rooms above tell this one: who may listen, and what a stream has missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Admission:
    """Whose stream it is and what it may hear; another fingerprint means that it has to begin anew."""

    user_id: int
    workspace_ids: tuple[int, ...]
    fingerprint: str


Admit = Callable[[str], Admission | None]
Replay = Callable[[Sequence[int], str], list[Payload] | None]


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


_admit: Admit = _nobody
_replay: Replay = _nothing

"""The lock on an answer, as a composer shows it."""

from dataclasses import dataclass

from harken.agents.models import Agent
from harken.tickets.models import AnswerLock


@dataclass(frozen=True)
class LockShown:
    """Who else writes an answer; `is_taken` says that they took it over from the reader."""

    name: str
    initials: str
    is_taken: bool


def shown_lock(lock: AnswerLock | None, reader: Agent) -> LockShown | None:
    """Return a lock ready to print; `None` where the reader may write."""
    if lock is None or lock.agent_id == reader.pk:
        return None
    return LockShown(lock.agent.name, lock.agent.initials, lock.taken_from_id == reader.pk)

"""The line that says what was just done, and offers to take it back."""

from dataclasses import dataclass

from harken.agents.models import Agent
from harken.desk.happenings import sentence_of
from harken.events.models import Event
from harken.tickets.undo import can_undo


@dataclass(frozen=True)
class Done:
    """Something that was just done, in words, and the event by which it is taken back; 0 when it cannot be."""

    words: str
    event_id: int = 0

    @classmethod
    def by(cls, event: Event | None, words: str) -> "Done | None":
        """Offer to take back what an event tells; `None` where nothing was changed."""
        if event is None:
            return None
        return cls(words, event.pk if can_undo(event) else 0)

    @classmethod
    def told(cls, event: Event | None, reader: Agent) -> "Done | None":
        """Offer to take back what an event tells, in the words that the thread has for it."""
        return cls.by(event, sentence_of(event, reader)) if event else None

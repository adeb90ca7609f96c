"""The line that says what was just done, and offers to take it back."""

from dataclasses import dataclass

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

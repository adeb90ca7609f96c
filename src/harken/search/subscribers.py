"""What search does when something was said below: it notes the message, in the transaction that recorded it."""

from harken.events.models import Event
from harken.search.keep import note


def note_message(event: Event) -> None:
    note(event.workspace_id, [event.about_id])


def note_moved_messages(event: Event) -> None:
    note(event.workspace_id, event.data["messages"])

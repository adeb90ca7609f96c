"""What this room does when something happened in it: shells that call one verb."""

from harken.contacts.tasks import import_people
from harken.events.models import Event


def queue_import(event: Event) -> None:
    import_people.defer(workspace_id=event.workspace_id, import_id=event.about_id)

"""What this room does when something happened in it: shells that call one verb."""

from harken.agents.models import Agent
from harken.contacts.changing import change
from harken.contacts.models import Contact
from harken.contacts.tasks import import_people
from harken.events.models import Event


def queue_import(event: Event) -> None:
    import_people.defer(workspace_id=event.workspace_id, import_id=event.about_id)


def rename_colleague(event: Event) -> None:
    """A colleague who asks colleagues stands among people under the name they have."""
    agent = Agent.objects.get(pk=event.about_id)
    for contact in Contact.objects.filter(colleague=agent):
        change(contact, {"name": agent.name}, by=agent)

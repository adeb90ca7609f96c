"""What stands between a new workspace and its first letter."""

from django.urls import reverse

from harken.agents.models import Agent
from harken.channels.models import Channel


def address_to_connect(agent: Agent) -> str:
    """Return the page on which an owner connects the first mailbox; `""` once one is connected."""
    channels = Channel.objects.visible_to(agent)
    if not agent.is_owner or channels.connected().exists():
        return ""
    given = {"workspace": agent.workspace.slug}
    first = channels.active().order_by("pk").first()
    if first is None:
        return reverse("channels:new_mailbox", kwargs=given)
    return reverse("channels:mailbox", kwargs=given | {"channel_id": first.pk}) + "?mend=imap_host"

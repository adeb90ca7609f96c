"""The line for what somebody did to a tag last, with the way back."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.agents.models import Agent
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.lib.numbers import whole_numbers


def done_by(agent: Agent, asked: str) -> Done | None:
    """Return what this person did by the event whose id stands in an address, if it was done to a tag."""
    mine = Event.objects.filter(workspace_id=agent.workspace_id, agent_id=agent.pk, about_type="tag")
    event = mine.filter(pk__in=whole_numbers([asked])).first()
    return Done.by(event, _words_of(event)) if event else None


def _words_of(event: Event) -> str:
    said = event.data
    if event.type == "tag.dropped":
        return _("“%(name)s” is gone; the requests that had it stay.") % {"name": said["name"]}
    if event.type != "tag.merged":
        return _("Saved.")
    words = ngettext(
        "“%(old)s” is “%(new)s” now, on %(count)d request.",
        "“%(old)s” is “%(new)s” now, on %(count)d requests.",
        said["count"],
    )
    return words % {"old": said["name"], "new": said["called"], "count": said["count"]}

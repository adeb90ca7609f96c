"""How something was said elsewhere, in words."""

from typing import Any

from django.utils.translation import gettext as _

from harken.agents.models import Agent
from harken.tickets.models import Talk
from harken.ui.moments import lasting


def talk_in_words(message: Any, reader: Agent) -> str:
    """Say how a message was said elsewhere: “Call, 4 min, logged by you”; `""` for what was written here."""
    if not hasattr(message, "talk"):
        return ""
    talk: Talk = message.talk
    by_reader = message.author_agent_id == reader.pk
    logged = _("logged by you") if by_reader else _("logged by %(name)s") % {"name": message.author_name}
    lasted = [lasting(talk.minutes * 60)] if talk.minutes else []
    return ", ".join([str(talk.get_way_display()), *lasted, logged])

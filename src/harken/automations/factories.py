"""Made-up saved replies, for tests and the demo alike."""

from typing import Any

from harken.agents.models import Agent
from harken.automations.models import SavedReply
from harken.automations.saved_replies import Wording, keep_reply


def make_reply(by: Agent, name: str = "Thanks", text: str = "Thank you.", **wording: Any) -> SavedReply:
    """Return a saved reply, shared unless said otherwise."""
    return keep_reply(Wording(name, text, **wording), by=by)

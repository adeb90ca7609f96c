from itertools import count
from typing import Any

from harken.agents.models import Agent
from harken.fields.apps import CUSTOMISING
from harken.fields.defining import add_field
from harken.fields.models import Field

_numbers = count(1)


def make_field(agent: Agent, name: str = "", **details: Any) -> Field:
    """A field in the agent's workspace, where own fields are switched on from now on: text on tickets, unless said."""
    agent.workspace.switch(CUSTOMISING, on=True)
    defaults = {"about": Field.About.TICKET, "kind": Field.Kind.TEXT}
    return add_field(name or f"Field {next(_numbers)}", by=agent, **defaults | details)

from itertools import count
from typing import Any

from harken.workspaces import wall
from harken.workspaces.models import Workspace

_numbers = count(1)


def make_workspace(**fields: Any) -> Workspace:
    """A workspace with everyday defaults, entered: what the caller does next happens inside its wall."""
    number = next(_numbers)
    defaults = {"slug": f"fennel-{number}", "name": f"Fennel {number}", "capabilities": ["inbox"]}
    workspace = Workspace.objects.create(**defaults | fields)
    wall.enter(workspace.pk)
    return workspace

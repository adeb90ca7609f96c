"""What rooms above add to every page inside a workspace: they register it from their `apps.py`."""

from dataclasses import dataclass
from typing import Any

from harken.ui.addresses import path_of


@dataclass(frozen=True)
class Addition:
    """Scripts, and a style, on every page. They find the address of `route` in the `<meta>` of their name.

    `manifest` is the route of a web app manifest.
    """

    name: str
    route: str
    scripts: tuple[str, ...] = ()
    style: str = ""
    manifest: str = ""


@dataclass(frozen=True)
class Shown:
    """An addition as the head of a page writes it."""

    name: str
    address: str
    scripts: tuple[str, ...]
    style: str
    manifest: str


_additions: dict[str, Addition] = {}


def register(addition: Addition) -> None:
    """Put an addition on every page; registering it again replaces it."""
    _additions[addition.name] = addition


def additions(request: Any) -> list[Shown]:
    """Return what is added to this reader's page, in the order of registration."""
    return [_shown(each, request.workspace.slug) for each in _additions.values()]


def _shown(each: Addition, workspace: str) -> Shown:
    manifest = path_of(each.manifest, workspace=workspace) if each.manifest else ""
    address = path_of(each.route, workspace=workspace)
    return Shown(each.name, address, each.scripts, each.style, manifest)

"""What a workspace may switch on: rooms register it from their `apps.py`; while it is off it is nowhere to be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from harken.workspaces.models import Workspace


@dataclass(frozen=True)
class Capability:
    """One switch of the capabilities page, in words of those who decide."""

    name: str
    title: str | Promise
    words: str | Promise
    order: int = 100


class WorkspaceRequest(HttpRequest):
    """A request inside a workspace."""

    workspace: "Workspace"


class UnknownCapability(LookupError):
    """There is no such switch in this installation."""


_registered: dict[str, Capability] = {}


def register(capability: Capability) -> None:
    """Offer a capability to every workspace; registering it again replaces it."""
    _registered[capability.name] = capability


def all_of_them() -> list[Capability]:
    """Return every switch there is, in the order they are shown."""
    return sorted(_registered.values(), key=lambda each: (each.order, each.name))


def named(name: str) -> Capability:
    """Return a capability. Raises UnknownCapability."""
    if name not in _registered:
        raise UnknownCapability(name)
    return _registered[name]


def needs(name: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Answer 404 wherever the capability is off: what is switched off does not exist."""

    def only_if_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.workspace.has(name):
                raise Http404
            return view(request, *args, **kwargs)

        return answer

    return only_if_on

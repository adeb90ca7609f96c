"""What the rail, the bar of small screens and the settings list show: rooms register it from their `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Place:
    """Somewhere to go inside a workspace. `count` may put a number beside it: how many wait for the reader.

    `key` is the letter that leads there after `G`.
    """

    name: str
    label: str | Promise
    route: str
    icon: str = ""
    order: int = 100
    count: Callable[[Any], int] | None = None
    is_offered: Callable[[Any], bool] = lambda request: True
    key: str = ""


@dataclass(frozen=True)
class Link:
    """A place as one reader sees it."""

    name: str
    label: str | Promise
    icon: str
    url: str
    count: int
    key: str = ""


_places: dict[str, Place] = {}
_settings: dict[str, Place] = {}


def register(place: Place) -> None:
    """Put a place into the rail of every page; registering it again replaces it."""
    _places[place.name] = place


def register_setting(place: Place) -> None:
    """Put a page into the list of settings; registering it again replaces it."""
    _settings[place.name] = place


def places(request: Any) -> list[Link]:
    """Return what the rail shows to this reader, in order."""
    return _links(_places, request)


def settings_pages(request: Any) -> list[Link]:
    """Return the settings pages of this reader, in order."""
    return _links(_settings, request)


def _links(places: dict[str, Place], request: Any) -> list[Link]:
    offered = (place for place in places.values() if place.is_offered(request))
    return [_link(place, request) for place in sorted(offered, key=lambda place: (place.order, place.name))]


def _link(place: Place, request: Any) -> Link:
    url = reverse(place.route, kwargs={"workspace": request.workspace.slug})
    return Link(
        place.name, place.label, place.icon, url, place.count(request) if place.count else 0, place.key
    )

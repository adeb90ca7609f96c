"""What the rail, the bar of small screens and the settings list show: rooms register it from their `apps.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.ui.addresses import path_of

# How the settings are put together on their first page and beside every one of them, in this order.
GROUPS = {
    "workspace": _("Workspace"),
    "requests": _("Requests"),
    "people": _("People and access"),
    "you": _("Just for you"),
}


@dataclass(frozen=True)
class Place:
    """Somewhere to go inside a workspace. `count` may put a number beside it: how many wait for the reader.

    `key` is the letter that leads there after `G`.

    A settings page stands in one of the GROUPS; `about` says in a line what is done there, and `words` are others
    that people look for it by.
    """

    name: str
    label: str | Promise
    route: str
    icon: str = ""
    order: int = 100
    count: Callable[[Any], int] | None = None
    is_offered: Callable[[Any], bool] = lambda request: True
    key: str = ""
    group: str = "requests"
    about: str | Promise = ""
    words: str | Promise = ""


@dataclass(frozen=True)
class Link:
    """A place as one reader sees it."""

    name: str
    label: str | Promise
    icon: str
    url: str
    count: int
    key: str = ""
    about: str | Promise = ""
    words: str | Promise = ""


@dataclass(frozen=True)
class Group:
    """Settings pages that belong together, as one reader sees them."""

    label: str | Promise
    pages: list[Link]


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


def settings_groups(request: Any, asked: str = "") -> list[Group]:
    """Return the settings pages by group, only those where every word asked for occurs; no empty group."""
    offered = [
        place for place in _in_order(_settings) if place.is_offered(request) and _answers(place, asked)
    ]
    groups = [
        Group(label, [_link(place, request) for place in offered if place.group == name])
        for name, label in GROUPS.items()
    ]
    return [group for group in groups if group.pages]


def _answers(place: Place, asked: str) -> bool:
    words = f"{place.label} {place.about} {place.words}".casefold()
    return all(word in words for word in asked.casefold().split())


def _in_order(places: dict[str, Place]) -> list[Place]:
    return sorted(places.values(), key=lambda place: (place.order, place.name))


def _links(places: dict[str, Place], request: Any) -> list[Link]:
    return [_link(place, request) for place in _in_order(places) if place.is_offered(request)]


def _link(place: Place, request: Any) -> Link:
    url = path_of(place.route, workspace=request.workspace.slug)
    count = place.count(request) if place.count else 0
    return Link(
        place.name, place.label, place.icon, url, count, place.key, about=place.about, words=place.words
    )

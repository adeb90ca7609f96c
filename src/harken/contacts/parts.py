"""Parts of the pages of people and companies that rooms above bring, such as fields of one's own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harken.contacts.timeline import About


@dataclass(frozen=True)
class Part:
    """A block beside the timeline. `render` gives its HTML out of a template of its room, `""` where it has nothing."""

    name: str
    render: Callable[[Any, About], str]
    order: int = 100


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Put a part beside every timeline; registering it again replaces it."""
    _parts[part.name] = part


def rendered(request: Any, about: About) -> list[str]:
    """Return the HTML of all parts that have something to show, in order."""
    ordered = sorted(_parts.values(), key=lambda part: (part.order, part.name))
    return [html for part in ordered if (html := part.render(request, about))]

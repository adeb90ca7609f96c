"""Held letters are work to do: the rail names them while there are any, and is silent otherwise."""

from typing import Any

from harken.channels.models import Arrival


def count_held(request: Any) -> int:
    """How many letters of the reader's workspace wait for a person; asked once a page."""
    if not hasattr(request, "held_letters"):
        request.held_letters = Arrival.objects.visible_to(request.agent).held().count()
    held: int = request.held_letters
    return held


def is_any_held(request: Any) -> bool:
    return count_held(request) > 0

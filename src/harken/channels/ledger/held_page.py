"""The page of held letters, and what was just done to some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.held import letters_to_judge
from harken.channels.ledger.rows import rows_for

MOST_HELD = 200


@dataclass(frozen=True)
class Done:
    """What became of some letters, in words, and the ids of those for which it can be taken back."""

    words: str
    letters: Sequence[int] = ()
    is_refusal: bool = False


def held_page(request: AgentRequest, done: Done | None = None, status: int = 200) -> HttpResponse:
    """Show the letters that wait for a person, newest first; to htmx the letters alone."""
    cursor = realtime.cursor()
    letters = letters_to_judge(request.agent)[:MOST_HELD]
    context: dict[str, Any] = {
        "rows": rows_for(letters, request.workspace.slug),
        "live_cursor": cursor,
        "done": done,
    }
    template = "channels/_held_letters.html" if "HX-Request" in request.headers else "channels/held.html"
    return render(request, template, context, status=status)

"""Colleagues called in notes: those a note may call, and their names made visible where it is read."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.tickets.mentions import calls_of
from harken.tickets.models import Message

MOST_OFFERED = 8
LONGEST_TYPED = 60
# Between them stand words; in an attribute no name is looked for.
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')


@require_safe
def mentionable(request: AgentRequest) -> HttpResponse:
    """GET returns the colleagues whose name has a word that begins with `q`, as choices of a list."""
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TYPED].casefold()
    others = Agent.objects.visible_to(request.agent).active().exclude(pk=request.agent.pk).by_name()
    fitting = [each for each in others if f" {each.name}".casefold().find(f" {typed}") >= 0]
    return render(request, "desk/composing/_mentionable.html", {"found": fitting[:MOST_OFFERED]})


def with_mentions(
    notes: Sequence[Any], agent: Agent, *, words: str, plain: Callable[[str], str] = escape
) -> list[Any]:
    """Return dataclasses of messages with the names called in notes marked; `words` names the field that is shown.

    Where that is empty, `plain` makes it of the text. Colleagues are asked for only where some note has an @.
    """
    calling = {
        each.id for each in notes if getattr(each, "kind", "") == Message.Kind.NOTE and "@" in each.text
    }
    pattern = calls_of(escape(name) for name in _names(agent)) if calling else None
    if pattern is None:
        return list(notes)
    own = escape(agent.name)
    return [
        replace(
            each,
            **{words: _marked(conditional_escape(getattr(each, words)) or plain(each.text), pattern, own)},
        )
        if getattr(each, "id", None) in calling
        else each
        for each in notes
    ]


def _names(agent: Agent) -> Iterable[str]:
    return [each.name for each in Agent.objects.visible_to(agent)]


def _marked(shown: str, pattern: re.Pattern[str], own: str) -> SafeString:
    """Return HTML with every call in a mark; a call of the reader stands out more."""

    def mark(found: re.Match[str]) -> str:
        is_own = " ".join(found[1].replace("&nbsp;", " ").split()).casefold() == own.casefold()
        return f'<mark class="mention{" mention-own" if is_own else ""}">{found[0]}</mark>'

    parts = _TAG.split(shown)
    return mark_safe("".join(part if part.startswith("<") else pattern.sub(mark, part) for part in parts))

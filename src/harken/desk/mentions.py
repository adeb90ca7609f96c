"""Colleagues called in notes: those a note may call, and their names made visible where it is read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.tickets.mentions import calls_of, folded, names_of, short_names
from harken.tickets.models import Message

MOST_OFFERED = 8
LONGEST_TYPED = 60
# Between them stand words; in an attribute no name is looked for.
_TAG = re.compile(r'(<[^<>"]*(?:"[^"]*"[^<>"]*)*>)')


@require_safe
def mentionable(request: AgentRequest) -> HttpResponse:
    """GET returns the colleagues whose name has a word that begins with `q`, as choices of a list."""
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TYPED].casefold()
    colleagues = list(Agent.objects.visible_to(request.agent).active().by_name())
    fitting = [
        (each, short)
        for each, short in zip(colleagues, short_names(colleagues), strict=True)
        if each != request.agent and f" {typed}" in f" {each.name}".casefold()
    ]
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
    colleagues = list(Agent.objects.visible_to(agent)) if calling else []
    pattern = calls_of(escape(name) for name in names_of(colleagues))
    if pattern is None:
        return list(notes)
    own = {
        folded(escape(name))
        for each, short in zip(colleagues, short_names(colleagues), strict=True)
        if each == agent
        for name in (each.name, short)
    }
    return [
        replace(
            each,
            **{words: _marked(conditional_escape(getattr(each, words)) or plain(each.text), pattern, own)},
        )
        if getattr(each, "id", None) in calling
        else each
        for each in notes
    ]


def _marked(shown: str, pattern: re.Pattern[str], own: set[str]) -> SafeString:
    """Return HTML with every call in a mark; a call of the reader stands out more."""

    def mark(found: re.Match[str]) -> str:
        return f'<mark class="mention{" mention-own" if folded(found[1]) in own else ""}">{found[0]}</mark>'

    parts = _TAG.split(shown)
    return mark_safe("".join(part if part.startswith("<") else pattern.sub(mark, part) for part in parts))

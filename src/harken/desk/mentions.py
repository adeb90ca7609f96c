"""Colleagues called in notes: those a note may call, and their names made visible where it is read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.lib.text import clean
from harken.tickets.mentions import calls_of, folded, mentioned_in, names_of, short_names
from harken.tickets.models import Message
from harken.ui.words import marked

MOST_OFFERED = 8
LONGEST_TYPED = 60


@require_safe
def mentionable(request: AgentRequest) -> HttpResponse:
    """GET returns the colleagues whose name has a word that begins with `q`, as choices of a list."""
    typed = clean(request.GET.get("q", "")).strip()[:LONGEST_TYPED].casefold()
    colleagues = list(Agent.objects.visible_to(request.agent).active().by_name())
    fitting = [
        each for each in colleagues if each != request.agent and f" {typed}" in f" {each.name}".casefold()
    ]
    return render(request, "desk/composing/_mentionable.html", {"found": fitting[:MOST_OFFERED]})


@require_POST
def called(request: AgentRequest) -> JsonResponse:
    """POST says whom a note with this `text` will tell, and the names by which it calls them, the longest first."""
    text = request.POST.get("text", "")
    colleagues = mentioned_in(text, by=request.agent)
    everybody = list(Agent.objects.visible_to(request.agent).active().by_name()) if colleagues else []
    pattern = calls_of(names_of(everybody))
    written = {found[1] for found in pattern.finditer(text)} if pattern else set()
    names = list(dict.fromkeys(each.name for each in colleagues))
    return JsonResponse({"names": names, "written": sorted(written, key=len, reverse=True)})


def with_mentions(
    notes: Sequence[Any], agent: Agent, *, words: str, plain: Callable[[str], SafeString] = escape
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

    def style(name: str) -> str:
        return "mention mention-own" if folded(name) in own else "mention"

    def shown(note: Any) -> SafeString:
        return marked(conditional_escape(getattr(note, words)) or plain(note.text), pattern, style)

    return [
        replace(each, **{words: shown(each)}) if getattr(each, "id", None) in calling else each
        for each in notes
    ]

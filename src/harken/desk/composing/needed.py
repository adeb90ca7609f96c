"""What closing needs to know, asked for in a composer: as it was typed, as a draft keeps it, and shown again."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

from harken.agents.models import Agent
from harken.desk.following import CLOSE
from harken.desk.own.forms import OWN
from harken.desk.own.needed import SEEN, needed_form, was_asked
from harken.fields.answers import LONGEST_LONG_TEXT, Values
from harken.lib.text import clean
from harken.tickets.models import Draft
from harken.ui.collisions import SharedForm

MOST_FIELDS = 200
MOST_CHOICES = 500
LONGEST_SEEN = 1_000_000


def id_about(about: str) -> str:
    """What the ids inside the composer of a request, or a letter, begin with."""
    return f"composer-{about}"


def needed_typed(agent: Agent, answered: Values, typed: QueryDict, about: str) -> SharedForm | None:
    """Return what closing needs as it was typed in a composer; `None` where that did not ask for it."""
    if not was_asked(typed):
        return None
    is_closing = CLOSE in (typed.get("then"), typed.get("as_it_stands"))
    form = needed_form(agent.workspace, answered, typed, at=id_about(about), is_closing=is_closing)
    return form if form.fields else None


def needed_kept(kept: Draft) -> SharedForm | None:
    """Return the same as it stands in a draft."""
    answered, about = (kept.ticket.fields, str(kept.ticket.number)) if kept.ticket else ({}, str(kept.key))
    return needed_typed(kept.agent, answered, as_sent(kept.needed), about)


def needed_of_page(kept: Draft, request: HttpRequest) -> dict[str, Any]:
    """Return what a page with the composer of this draft shows of it: as sent, and the part that asks."""
    if not kept.needed:
        return {"needed": {}, "asks": ""}
    composer = {
        "id": id_about(str(kept.ticket.number if kept.ticket else kept.key)),
        "needed": needed_kept(kept),
    }
    asks = render_to_string("desk/composing/_needed.html", {"composer": composer}, request)
    return {"needed": dict(as_sent(kept.needed).lists()), "asks": asks}


def needed_in(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page sent, lists of texts by name, as a draft keeps it; `{}` where it was not asked."""
    typed = {
        name.removeprefix(OWN): _texts(said)
        for name, said in list(sent.items())[:MOST_FIELDS]
        if name.startswith(OWN)
    }
    seen = [each for each in _texts(sent.get(SEEN), LONGEST_SEEN) if each]
    return {"typed": typed, **({"seen": seen[0]} if seen else {})} if typed or seen else {}


def as_sent(needed: Mapping[str, Any]) -> QueryDict:
    """Return what a draft keeps as a page sends it."""
    sent = QueryDict(mutable=True)
    for key, said in needed.get("typed", {}).items():
        sent.setlist(f"{OWN}{key}", said)
    if "seen" in needed:
        sent[SEEN] = needed["seen"]
    return sent


def _texts(said: Any, longest: int = LONGEST_LONG_TEXT + 1) -> list[str]:
    """Whatever is no list of texts counts as empty; one letter more than fits stays, so that it is told."""
    known = said[:MOST_CHOICES] if isinstance(said, list) else []
    return [clean(each)[:longest] for each in known if isinstance(each, str)]

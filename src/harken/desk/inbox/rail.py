"""Which view is open, and what the rail offers: the views of the inbox, held mail, and those that somebody saved."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import IntegerField, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.inbox.counts import counts_of
from harken.desk.inbox.lists import VIEWS, View, view_named
from harken.desk.inbox.sections import ONGOING, OURS, THEIRS, Section, in_state
from harken.lib import rows
from harken.lib.numbers import whole_number
from harken.search.language import Asked, understand
from harken.search.models import SavedView
from harken.search.saved_view import MOST_SHOWN
from harken.tickets.models import Ticket
from harken.ui.addresses import path_of

SAVED = "saved-"
MOST_COUNTED = 50
# Every page of the inbox asks: prepared.
_SAVED_BY_READER = f"""
    workspace_id = %s AND (owner_id = %s OR is_shared) AND removed_at IS NULL
    ORDER BY place, id LIMIT {MOST_SHOWN}
"""


@dataclass(frozen=True)
class Entry:
    """A view as the rail shows it; `count` is ready to print, `""` for none."""

    name: str
    title: str | Promise
    url: str
    count: str
    is_urgent: bool


@dataclass(frozen=True)
class Rail:
    """What stands under “Inbox”."""

    own: list[Entry]
    saved: list[Entry]
    held: int

    @classmethod
    def of(cls, request: AgentRequest, view: View) -> Self:
        counts = counts_of(request)
        base = path_of("desk:inbox", workspace=request.workspace.slug)
        own = [
            Entry(each.name, each.title, f"{base}?view={each.name}", str(count or ""), each.is_urgent)
            for each in VIEWS.values()
            for count in (getattr(counts, each.name, 0),)
            if count or not each.stays_out or each.name == view.name
        ]
        return cls(own, _saved(request, base), counts.held)


def view_of(request: AgentRequest) -> View:
    """Return the view that the address of a page names, the default one for any other word."""
    known = vars(request)
    if "inbox_view" not in known:
        name = request.GET.get("view", "")
        saved = saved_of(request, name)
        known["inbox_view"] = view_of_saved(saved, request.agent) if saved else view_named(name)
    view: View = known["inbox_view"]
    return view


def saved_of(request: AgentRequest, name: str) -> SavedView | None:
    """Return the saved view of a name such as `saved-12`; `None` when there is none for this reader."""
    if not name.startswith(SAVED):
        return None
    number = whole_number(name.removeprefix(SAVED))
    return next((view for view in _views(request) if view.pk == number), None)


def view_of_saved(saved: SavedView, agent: Agent) -> View:
    """Return a saved view as a list of the inbox; what in its question is not understood it says."""
    asked = understand(saved.question, agent)
    return View(
        f"{SAVED}{saved.pk}",
        saved.name,
        _sections(saved, asked),
        lambda tickets, _agent: tickets.filter(asked.tickets),
        notices=tuple(asked.notices),
    )


def asks_for_words(asked: Asked) -> bool:
    """Say whether a question asks for what was said, and not for how requests stand alone."""
    return bool(asked.terms or asked.before or asked.after)


def _sections(saved: SavedView, asked: Asked) -> tuple[Section, ...]:
    if asked.names_a_state:
        return (Section("found", _("Found"), "last_activity_at", False, lambda tickets, _agent: tickets),)
    if saved.order == SavedView.Order.NEWEST:
        return (Section("found", _("Not closed"), "last_activity_at", False, in_state(*ONGOING)),)
    return (OURS, THEIRS)


def _saved(request: AgentRequest, base: str) -> list[Entry]:
    asked = {view.pk: understand(view.question, request.agent) for view in _views(request)}
    counted = _counts({pk: each for pk, each in asked.items() if not asks_for_words(each)}, request.agent)
    entries = []
    for view in _views(request):
        name = f"{SAVED}{view.pk}"
        url = f"{base}?view={name}"
        if asks_for_words(asked[view.pk]):
            url = _search_address(request, view)
        entries.append(Entry(name, view.name, url, _capped(counted.get(view.pk, 0)), is_urgent=False))
    return entries


def _search_address(request: AgentRequest, view: SavedView) -> str:
    address = path_of("desk:search", workspace=request.workspace.slug)
    return f"{address}?{urlencode({'q': view.question, 'view': f'{SAVED}{view.pk}'})}"


def _views(request: AgentRequest) -> list[SavedView]:
    known = vars(request)
    if "saved_views" not in known:
        reader = [request.agent.workspace_id, request.agent.pk]
        known["saved_views"] = rows.found(SavedView, _SAVED_BY_READER, reader)
    views: list[SavedView] = known["saved_views"]
    return views


def _counts(asked: dict[int, Asked], agent: Agent) -> Counter[int]:
    """Count what the questions find, each up to the most that is counted, in one query for all."""
    parts = [_some(pk, each, agent) for pk, each in asked.items()]
    if not parts:
        return Counter()
    first, *others = parts
    return Counter(first.union(*others, all=True) if others else first)


def _some(pk: int, asked: Asked, agent: Agent) -> QuerySet[Any, Any]:
    tickets = Ticket.objects.visible_to(agent).filter(asked.tickets)
    if not asked.names_a_state:
        tickets = tickets.filter(state__in=ONGOING)
    numbered = tickets.annotate(saved_view=Value(pk, output_field=IntegerField()))
    return numbered.order_by().values_list("saved_view", flat=True)[: MOST_COUNTED + 1]


def _capped(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")

"""What is due for a colleague becomes letters and pushes: few of them, however much there is to tell.

They are written down before they leave. Whoever is killed on the way finds them there and sends the same ones again.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.leaving.to_colleagues import way_out
from harken.lib import rows
from harken.notifications.choosing import SILENT
from harken.notifications.letters.about_request import reference_for, shown_up_to
from harken.notifications.models import Kind, Notice, Preference, PushDevice, Telling, Way
from harken.tickets.models import Message, Ticket
from harken.tickets.presence import here

# So many requests are told by a letter each, which can be answered; more by one letter together.
MOST_LETTERS = 3
# In an hour: the first so many come after a minute each; then the pauses double up to the longest.
FREE_IN_AN_HOUR = 4
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=15)
LOOKS_FOR = timedelta(minutes=15)
# A class of advisory locks of our own.
AGENT_LOCK = 0x484B4E54


@contextmanager
def alone_with(agent: Agent) -> Iterator[bool]:
    """Hold the telling of a colleague by a lock of the connection: no transaction may wait for a mail server."""
    lock = [AGENT_LOCK, agent.pk % 2**31]
    [(is_taken,)] = rows.ask("SELECT pg_try_advisory_lock(%s::int, %s::int)", lock)
    try:
        yield is_taken
    finally:
        if is_taken:
            rows.ask("SELECT pg_advisory_unlock(%s::int, %s::int)", lock)


@transaction.atomic
def gather(agent: Agent, way: Way) -> list[Telling]:
    """Write down what a colleague is told now by one way, and return it; what is no news any more is forgotten."""
    now = timezone.now()
    due = Notice.objects.filter(agent=agent, way=way).due(now)
    due = due.select_related("ticket__merged_into", "ticket__workspace", "message").order_by("event_id")
    notices = list(due.select_for_update(of=("self",)))
    if not notices:
        return []
    if not agent.is_active or not can_tell(agent, way):
        return _forget(notices)
    later = _not_before(agent, way, now)
    if later > now:
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(due_at=later)
        return []
    open_now = _open_before(agent, now)
    news = still_news([each for each in notices if each.ticket.current.pk not in open_now], agent)
    kept = {notice.pk for notice in news}
    _forget([notice for notice in notices if notice.pk not in kept])
    return _tellings(agent, way, news)


def can_tell(agent: Agent, way: Way) -> bool:
    """Say whether there is any way out: a server that takes mail, or a browser that takes pushes."""
    if way == Way.MAIL:
        return way_out(agent.workspace) is not None
    return PushDevice.objects.visible_to(agent).exists()


def still_news(notices: list[Notice], agent: Agent) -> list[Notice]:
    """Return those that are news still: not what a colleague acted on since, nor what was answered to the customer."""
    acts = _acts_on({notice.ticket.current.pk for notice in notices}, agent)
    return [notice for notice in notices if _is_news(notice, agent, acts[notice.ticket.current.pk])]


def _acts_on(tickets: set[int], agent: Agent) -> defaultdict[int, list[Message]]:
    """What was answered on some requests, and what the colleague wrote there, asked for once."""
    acts: defaultdict[int, list[Message]] = defaultdict(list)
    ours = Message.objects.visible_to(agent).filter(ticket__in=tickets)
    ours = ours.filter(Q(kind=Message.Kind.REPLY) | Q(author_agent=agent))
    for message in ours.only("ticket_id", "kind", "author_agent_id", "created_at"):
        acts[message.ticket_id].append(message)
    return acts


def _is_news(notice: Notice, agent: Agent, acts: list[Message]) -> bool:
    if notice.kind == Kind.ARRIVED and notice.ticket.current.state in SILENT:
        return False
    since = [act for act in acts if act.created_at > _at(notice)]
    if any(act.author_agent_id == agent.pk for act in since):
        return False
    return notice.kind != Kind.ARRIVED or not any(act.kind == Message.Kind.REPLY for act in since)


def _open_before(agent: Agent, now: datetime) -> set[int]:
    """Which request a colleague has before their eyes; one opened long ago may be open in an empty office."""
    return {
        each.ticket.pk
        for each in here(agent.workspace)
        if each.agent == agent and each.ticket and each.since > now - LOOKS_FOR
    }


def _at(notice: Notice) -> datetime:
    return notice.message.created_at if notice.message else notice.made_at


def _not_before(agent: Agent, way: Way, now: datetime) -> datetime:
    """When the next may leave: the more left within the hour, the longer the pause; and never in quiet hours."""
    lately = Telling.objects.filter(agent=agent, way=way, made_at__gt=now - timedelta(hours=1))
    lately = lately.exclude(about=Telling.About.TEST)
    moments = sorted(set(lately.values_list("made_at", flat=True)))
    at = now
    if moments:
        pause = SHORTEST_PAUSE * 2 ** max(len(moments) - FREE_IN_AN_HOUR, 0)
        at = max(now, moments[-1] + min(pause, LONGEST_PAUSE))
    return Preference.objects.of(agent).quiet.after(at)


def _forget(notices: list[Notice]) -> list[Telling]:
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).delete()
    return []


def _tellings(agent: Agent, way: Way, notices: list[Notice]) -> list[Telling]:
    def matter(notice: Notice) -> int:
        return notice.ticket.current.pk

    matters = [list(group) for _key, group in groupby(sorted(notices, key=matter), key=matter)]
    if not matters:
        return []
    if (way == Way.PUSH and len(matters) > 1) or len(matters) > MOST_LETTERS:
        return [_telling(agent, way, notices, None)]
    return [_telling(agent, way, group, group[0].ticket.current) for group in matters]


def _telling(agent: Agent, way: Way, notices: list[Notice], ticket: Ticket | None) -> Telling:
    about = Telling.About.REQUEST if ticket else Telling.About.SEVERAL
    now = timezone.now()
    telling = Telling(workspace=agent.workspace, agent=agent, way=way, about=about, ticket=ticket)
    telling.made_at = telling.not_before = now
    if ticket and way == Way.MAIL:
        telling.shown_up_to = shown_up_to(ticket, notices)
        telling.reference = reference_for(ticket, agent, telling.shown_up_to)
    telling.save()
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(telling=telling)
    return telling

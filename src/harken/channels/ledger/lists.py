"""The ledger as a list: narrowed, searched and paged by key, so that a deep page costs what the first does."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.models import Arrival
from harken.channels.models.ledger import ArrivalQuerySet
from harken.channels.reasons import Rule
from harken.tickets.models import Ticket

ROWS_PER_PAGE = 50
# Words are looked for in so many rows at a time; whoever wants to look further back asks for the next page.
SEARCHED_AT_ONCE = 20_000
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 31)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see of the ledger; everything left out narrows nothing."""

    state: str = ""
    source: str = ""
    channel_id: int | None = None
    ticket: int | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""
    # Test letters of this desk (mailboxes.heartbeat) would fill the list: they are shown when loops are asked for.
    without_heartbeats: bool = False

    @property
    def is_narrowed(self) -> bool:
        return replace(self, without_heartbeats=False) != Asked()


@dataclass(frozen=True)
class Page:
    """One page, newest first; `next` is the id below which it goes on, `None` at the end.

    `searched_back_to` says how far a search has come when it has not seen everything yet.
    """

    rows: list[Arrival]
    next: int | None
    searched_back_to: datetime | None = None


def page_of(agent: Agent, asked: Asked, *, before: int | None = None, limit: int = ROWS_PER_PAGE) -> Page:
    """Return the arrivals that this agent asked for, below the id `before`."""
    rows = _narrowed(agent, asked).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    if asked.words:
        return _searched(rows, asked.words, limit)
    found = list(_with_all(rows)[: limit + 1])
    return Page(found[:limit], found[limit - 1].pk if len(found) > limit else None)


def _searched(rows: ArrivalQuerySet, words: str, limit: int) -> Page:
    end = rows[SEARCHED_AT_ONCE - 1 : SEARCHED_AT_ONCE].values_list("pk", "received_at")
    stretch = list(end)
    lowest, back_to = stretch[0] if stretch else (0, None)
    matching = rows.filter(pk__gte=lowest).annotate(
        told=Cast("evidence", TextField()), went_to=Cast("envelope_to", TextField())
    )
    texts = ("sender", "subject", "envelope_from", "words", "told", "went_to")
    condition = Q()
    for text in texts:
        condition |= Q(**{f"{text}__icontains": words})
    found = list(_with_all(matching.filter(condition))[: limit + 1])
    if len(found) > limit:
        return Page(found[:limit], found[limit - 1].pk)
    return Page(found, lowest or None, back_to)


def _with_all(rows: ArrivalQuerySet) -> ArrivalQuerySet:
    return rows.select_related("channel", "raw", "ticket")


def _narrowed(agent: Agent, asked: Asked) -> ArrivalQuerySet:
    rows = Arrival.objects.visible_to(agent)
    exact: dict[str, Any] = {
        "state": asked.state,
        "source": asked.source,
        "channel": asked.channel_id,
        "ticket__in": _numbered(agent, asked.ticket) if asked.ticket is not None else None,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value not in ("", None)})
    if asked.without_heartbeats:
        rows = rows.exclude(rule=Rule.HEARTBEAT)
    if asked.since:
        # Ids grow with time: one look-up by day bounds the walk down the ids.
        since = _midnight(asked.since)
        first = Arrival.objects.visible_to(agent).filter(received_at__gte=since).order_by("received_at")
        rows = rows.filter(received_at__gte=since, pk__gte=_id_of(first))
    if asked.until:
        until = _midnight(min(asked.until, LAST_DAY) + timedelta(days=1))
        last = Arrival.objects.visible_to(agent).filter(received_at__lt=until).order_by("-received_at")
        rows = rows.filter(received_at__lt=until, pk__lte=_id_of(last))
    return rows


def _numbered(agent: Agent, number: int) -> list[int]:
    return list(Ticket.objects.visible_to(agent).numbered(number).values_list("pk", flat=True))


def _id_of(rows: ArrivalQuerySet) -> int:
    return rows.values_list("pk", flat=True).first() or 0


def _midnight(day: date) -> datetime:
    # Days at the ends of the calendar have no midnight in every zone, and nothing arrived then.
    sane = min(max(day, FIRST_DAY), LAST_DAY)
    return timezone.make_aware(datetime.combine(sane, time())).astimezone(UTC)

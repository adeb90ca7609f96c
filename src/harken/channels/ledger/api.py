"""REST routes of the ledger: what arrived, counted and listed, and one arrival with its evidence."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Count
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import BeforeValidator, Field

from harken.agents.middleware import AgentRequest
from harken.channels.ledger.lists import Asked, page_of
from harken.channels.models import Arrival
from harken.lib.rest import Page, Paging, Text, cursor_for, position_in

ledger = Router(tags=["ledger"])

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _as_described(day: object) -> object:
    # Left alone, a number would be taken for seconds since 1970.
    if isinstance(day, str) and not _DAY.fullmatch(day):
        raise ValueError("a day is written 2026-11-22")
    return day


Day = Annotated[date, BeforeValidator(_as_described)]
LedgerState = Literal["received", "opened", "joined", "bounced", "loop", "duplicate", "spam", "held"]
LedgerSource = Literal["imap", "smtp", "deliver", "import"]


class ArrivalOut(Schema):
    id: int
    state: LedgerState
    reason: str
    source: LedgerSource
    channel: str | None = Field(description="address of the channel it came by")
    envelope_from: str
    envelope_to: list[str]
    sender: str = Field(description="address in From, once it was read: no proof")
    subject: str
    size: int = Field(alias="raw.size", description="bytes")
    ticket: int | None = Field(description="number")
    message: int | None = Field(alias="message_id", description="id")
    received_at: datetime
    settled_at: datetime | None

    @staticmethod
    def resolve_channel(arrival: Arrival) -> str | None:
        return arrival.channel.address if arrival.channel else None

    @staticmethod
    def resolve_ticket(arrival: Arrival) -> int | None:
        return arrival.ticket.number if arrival.ticket else None


class ArrivalInFull(ArrivalOut):
    rule: str = Field(description="code of what decided")
    evidence: dict[str, Any] = Field(
        description="what the rule went by: header, token, sender, as whom allowed"
    )
    folder: str
    uid: int | None
    uidvalidity: int | None
    sha256: str = Field(alias="raw.sha256", description="of the letter as it came")
    removed_at: datetime | None = Field(alias="raw.removed_at", description="when its bytes were let go")
    let_lie_at: datetime | None = Field(description="held, and no work any more")
    judged_by: str = Field(description="version of Harken")
    original: int | None = Field(
        alias="original_id", description="arrival that the same letter came by first"
    )
    duplicates: list[int] = Field(description="arrivals that the same letter came by again")
    past: list[dict[str, Any]] = Field(description="what it was judged to be before, oldest first")

    @staticmethod
    def resolve_duplicates(arrival: Arrival) -> list[int]:
        return list(arrival.duplicates.order_by("pk").values_list("pk", flat=True))


class LedgerOut(Page[ArrivalOut]):
    counts: dict[LedgerState, int] = Field(description="arrivals by state, over all time")


class LedgerAsked(Paging):
    state: LedgerState | Literal["all"] = Field("held", description="which arrivals to list")
    source: LedgerSource | None = None
    channel: int | None = Field(None, ge=1, le=2**63 - 1, description="id")
    ticket: int | None = Field(None, ge=0, le=2**63 - 1, description="number, whole or as people say it")
    since: Day | None = Field(None, description="first day, in the workspace's zone")
    until: Day | None = Field(None, description="last day")
    q: Text = Field("", max_length=200, description="words in sender, subject, recipients or evidence")

    @property
    def narrowing(self) -> Asked:
        return Asked(
            state="" if self.state == "all" else self.state,
            source=self.source or "",
            channel_id=self.channel,
            ticket=self.ticket,
            since=self.since,
            until=self.until,
            words=self.q.strip(),
        )


@ledger.get("", response=LedgerOut)
def get_ledger(request: AgentRequest, asked: FromQuery[LedgerAsked]) -> dict[str, Any]:
    """How many letters ended in which state, and those asked for, newest first.

    A page of a search may be short and still have a `next`: words are looked for in a stretch at a time.
    """
    counted = Arrival.objects.visible_to(request.agent).values_list("state").annotate(Count("id"))
    before = position_in(asked.cursor) if asked.cursor is not None else None
    found = page_of(request.agent, asked.narrowing, before=before, limit=asked.limit)
    counts = dict.fromkeys(Arrival.State.values, 0) | dict(counted)
    return {"counts": counts, "results": found.rows, "next": cursor_for(found.next) if found.next else None}


@ledger.get("/{int:arrival_id}", response=ArrivalInFull)
def get_arrival(request: AgentRequest, arrival_id: int) -> Arrival:
    """One arrival: how it came, where it went, and by what evidence."""
    rows = Arrival.objects.visible_to(request.agent).select_related("channel", "raw", "ticket")
    return get_object_or_404(rows, pk=arrival_id)

"""The lists of people and companies: narrowed, sorted and paged by key: a deep page costs what the first does."""

import base64
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models import Company, Contact, Identity
from harken.desk.inbox.sections import ONGOING
from harken.desk.people.card import people_of
from harken.desk.people.own_filters import Asked, asked_in, narrowed
from harken.fields.answers import fields_about
from harken.fields.models import Field
from harken.lib.names import sort_key
from harken.lib.numbers import whole_number
from harken.lib.text import clean
from harken.tickets.models import Ticket

ROWS_PER_PAGE = 50
# Beyond it a number says no more than "many", and costs more and more.
MOST_COUNTED = 1000
PLANS_OFFERED = 50
BY_HEARD = "heard"

HEARD = {
    "7": _("in the last 7 days"),
    "30": _("in the last 30 days"),
    "90": _("in the last 90 days"),
    "-90": _("not for 90 days"),
    "never": _("never"),
}


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to see; everything left out narrows nothing. `company` is an id."""

    q: str = ""
    company: str = ""
    channel: str = ""
    open: str = ""
    heard: str = ""
    plan: str = ""
    sort: str = ""
    # What own fields are asked for, by the names of their controls.
    own: Asked = ()

    @classmethod
    def of(cls, query: Any) -> Self:
        """Read the address of a list; what nobody offers narrows nothing."""
        names = (name for name in cls.__dataclass_fields__ if name != "own")
        given: dict[str, Any] = {name: clean(str(query.get(name, ""))).strip()[:200] for name in names}
        return cls(**given, own=asked_in(query))._without_nonsense()

    def _without_nonsense(self) -> Self:
        told = asdict(self)
        told["company"] = "" if whole_number(self.company) is None else self.company
        told["heard"] = self.heard if self.heard in HEARD else ""
        told["sort"] = self.sort if self.sort == BY_HEARD else ""
        return type(self)(**told)

    @property
    def is_narrowed(self) -> bool:
        return any(value for name, value in asdict(self).items() if name != "sort")

    @property
    def query(self) -> str:
        """The query of the same list's address, `""` for the plain one."""
        plain = {name: value for name, value in asdict(self).items() if value and name != "own"}
        return urlencode(plain | dict(self.own))

    def without(self, *names: str) -> str:
        """Return the query of the list without some of what narrows it."""
        left_out: dict[str, Any] = dict.fromkeys(names, "")
        return replace(self, **left_out).query


@dataclass(frozen=True)
class Row:
    """A person or a company in a list, with what is counted of them."""

    who: Any
    open: int
    heard_at: datetime | None
    people: int = 0


@dataclass(frozen=True)
class Page:
    """One page; `next` is the key of the following one, `""` on the last. `count` stops at MOST_COUNTED."""

    rows: list[Row]
    next: str
    count: int

    @property
    def has_more(self) -> bool:
        """Say whether there are more than were counted."""
        return self.count > MOST_COUNTED


def people(agent: Agent, wanted: Wanted, after: str = "") -> Page:
    """Return a page of people by name, or of those who have written with the newest first."""
    rows = people_wanted(agent, wanted)
    by_heard = wanted.sort == BY_HEARD
    if by_heard:
        rows = rows.exclude(last_heard_at=None)
    key = _read(after)
    found = _after(rows, key, "-last_heard_at" if by_heard else "sort_key")
    shown = list(found[: ROWS_PER_PAGE + 1])
    open_of = _open_requests("requester", [contact.pk for contact in shown[:ROWS_PER_PAGE]], agent)
    made = [Row(each, open_of.get(each.pk, 0), each.last_heard_at) for each in shown[:ROWS_PER_PAGE]]
    return _page(made, rows, is_more=len(shown) > ROWS_PER_PAGE, by_heard=by_heard)


def companies(agent: Agent, wanted: Wanted, after: str = "") -> Page:
    """Return a page of companies by name."""
    rows = companies_wanted(agent, wanted)
    shown = list(_after(rows, _read(after), "sort_key")[: ROWS_PER_PAGE + 1])
    ids = [company.pk for company in shown[:ROWS_PER_PAGE]]
    open_of, about = _open_requests("company", ids, agent), _people_in(ids, agent)
    made = [
        Row(each, open_of.get(each.pk, 0), about.get(each.pk, (0, None))[1], about.get(each.pk, (0, None))[0])
        for each in shown[:ROWS_PER_PAGE]
    ]
    return _page(made, rows, is_more=len(shown) > ROWS_PER_PAGE)


def people_wanted(agent: Agent, wanted: Wanted) -> QuerySet[Contact]:
    """Return all people that were asked for, in no order."""
    rows = people_of(agent).present()
    if wanted.company:
        rows = rows.filter(company=int(wanted.company))
    if wanted.plan:
        rows = rows.filter(company__plan=wanted.plan)
    if wanted.q:
        rows = rows.filter(_person_has(agent, wanted.q))
    rows = _answering(rows, agent, wanted, Field.About.CONTACT)
    tickets = Ticket.objects.visible_to(agent).filter(requester=OuterRef("pk"))
    return _narrowed(rows, wanted, tickets, _heard(wanted.heard, "last_heard_at"))


def companies_wanted(agent: Agent, wanted: Wanted) -> QuerySet[Company]:
    """Return all companies that were asked for, in no order."""
    rows = Company.objects.visible_to(agent)
    if wanted.plan:
        rows = rows.filter(plan=wanted.plan)
    if wanted.q:
        rows = rows.filter(Q(sort_key__contains=sort_key(wanted.q)) | Q(domain__contains=wanted.q.lower()))
    rows = _answering(rows, agent, wanted, Field.About.COMPANY)
    tickets = Ticket.objects.visible_to(agent).filter(company=OuterRef("pk"))
    heard = _heard(wanted.heard, "heard_at")
    if heard is not None:
        rows = rows.annotate(heard_at=Max("contacts__last_heard_at"))
    return _narrowed(rows, wanted, tickets, heard)


def plans(agent: Agent) -> list[str]:
    """Return the plans that companies have, to choose from."""
    found = Company.objects.visible_to(agent).exclude(plan="").order_by("plan").values_list("plan", flat=True)
    return list(found.distinct()[:PLANS_OFFERED])


def _person_has(agent: Agent, text: str) -> Q:
    folded = sort_key(text)
    reached = Identity.objects.visible_to(agent).filter(address__contains=text.lower())
    working = Company.objects.visible_to(agent).filter(sort_key__contains=folded)
    names = Q(sort_key__contains=folded) if folded else Q()
    return names | Q(pk__in=reached.values("contact")) | Q(company__in=working.values("pk"))


def _answering(rows: Any, agent: Agent, wanted: Wanted, about: str) -> Any:
    return narrowed(rows, fields_about(agent.workspace, about), wanted.own) if wanted.own else rows


def _narrowed(rows: Any, wanted: Wanted, tickets: QuerySet[Ticket], heard: Q | None) -> Any:
    if wanted.channel:
        rows = rows.filter(Exists(tickets.filter(channel_kind=wanted.channel)))
    if wanted.open:
        rows = rows.filter(Exists(tickets.filter(state__in=ONGOING)))
    return rows.filter(heard) if heard is not None else rows


def _heard(asked: str, field: str) -> Q | None:
    if not asked:
        return None
    if asked == "never":
        return Q(**{field: None})
    since = timezone.now() - timedelta(days=abs(int(asked)))
    return Q(**{f"{field}__lt" if asked.startswith("-") else f"{field}__gte": since})


def _open_requests(field: str, ids: list[int], agent: Agent) -> dict[int, int]:
    tickets = Ticket.objects.visible_to(agent).filter(state__in=ONGOING, **{f"{field}__in": ids})
    counted = tickets.order_by().values_list(field).annotate(Count("pk"))
    return dict(counted)


def _people_in(ids: list[int], agent: Agent) -> dict[int, tuple[int, datetime | None]]:
    present = Contact.objects.visible_to(agent).present().filter(company__in=ids)
    counted = present.order_by().values_list("company").annotate(Count("pk"), Max("last_heard_at"))
    return {company_id: (count, heard_at) for company_id, count, heard_at in counted}


def _after(rows: Any, key: tuple[Any, int] | None, order: str) -> Any:
    field, step = order.lstrip("-"), "lt" if order.startswith("-") else "gt"
    tie = "-pk" if order.startswith("-") else "pk"
    if key is not None:
        value: Any = _moment(key[0]) if field == "last_heard_at" else str(key[0])
        rows = rows.filter(Q(**{f"{field}__{step}": value}) | Q(**{field: value, f"pk__{step}": key[1]}))
    return rows.order_by(order, tie)


def _page(made: list[Row], rows: Any, *, is_more: bool, by_heard: bool = False) -> Page:
    last = made[-1].who if made and is_more else None
    key = _written(last.last_heard_at.timestamp() if by_heard else last.sort_key, last.pk) if last else ""
    return Page(made, key, rows.order_by()[: MOST_COUNTED + 1].count())


def _written(value: str | float, pk: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, pk]).encode()).decode().rstrip("=")


def _read(text: str) -> tuple[Any, int] | None:
    """Return the key of an address; `None` when there is none or somebody changed it."""
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, RecursionError):
        return None
    is_ours = type(pk) is int and 0 < pk < 2**63 and isinstance(value, str | float | int)
    return (clean(value) if isinstance(value, str) else value, pk) if is_ours else None


def _moment(stamp: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return timezone.now()


def names_like(agent: Agent, text: str, *, most: int = 10) -> Iterable[str]:
    """Return names of companies that have these words, for somebody who is typing one."""
    found = Company.objects.visible_to(agent).filter(sort_key__contains=sort_key(text))
    return list(found.order_by("sort_key", "pk").values_list("name", flat=True)[:most])

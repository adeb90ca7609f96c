"""Requests of a person or a company: as part of their timeline, and counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from harken.contacts.models import Identity
from harken.contacts.timeline import About, Entry, Key, newest
from harken.desk import turns
from harken.desk.inbox.sections import ONGOING
from harken.lib.text import language_of
from harken.tickets.inside import SAMPLE
from harken.tickets.models import Participant, Talk, Ticket

SOURCE = "requests"
# Of somebody who is copied on more than these, the newest are told.
MOST_COPIED = 500

# By which way a request begins; what colleagues ask each other is nobody's outside.
CHANNELS = {
    "email": _("e-mail"),
    Talk.Way.CALL.value: _("call"),
    Talk.Way.TELEGRAM.value: "Telegram",
    Talk.Way.WHATSAPP.value: "WhatsApp",
    Talk.Way.SMS.value: _("text message"),
    Talk.Way.IN_PERSON.value: _("in person"),
    Talk.Way.OTHER.value: _("elsewhere"),
    SAMPLE: _("sample"),
}


@dataclass(frozen=True)
class Asked:
    """How many requests there were: in all, this year, and not closed."""

    total: int
    this_year: int
    open: int


def asked_by(about: About) -> Asked:
    """Count the requests of a person or a company, in one query by its index."""
    new_year = timezone.localtime().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return Asked(
        **_own(about).aggregate(
            total=Count("pk"),
            this_year=Count("pk", filter=Q(created_at__gte=new_year)),
            open=Count("pk", filter=Q(state__in=ONGOING)),
        )
    )


def requests(about: About, before: Key | None, limit: int) -> Iterable[Entry]:
    """Yield the requests of a person or a company, and those a person was copied on."""
    rows = _own(about) | _copied(about) if about.contact else _own(about)
    with_all = rows.select_related("assignee__user", "requester").prefetch_related(
        Prefetch("requester__identities", Identity.objects.order_by("id"))
    )
    now = timezone.now()
    for ticket in newest(with_all, before, limit, source=SOURCE, moment="last_activity_at"):
        yield _entry(ticket, about, now)


def _own(about: About) -> QuerySet[Ticket]:
    tickets = Ticket.objects.visible_to(about.agent).exclude(state=Ticket.State.MERGED)
    return tickets.filter(requester=about.contact) if about.contact else tickets.filter(company=about.company)


def _copied(about: About) -> QuerySet[Ticket]:
    parts = (
        Participant.objects.filter(contact=about.contact).order_by("-pk").values_list("ticket_id", flat=True)
    )
    tickets = Ticket.objects.visible_to(about.agent).exclude(state=Ticket.State.MERGED)
    return tickets.filter(pk__in=list(parts[:MOST_COPIED]))


def _entry(ticket: Ticket, about: About, now: datetime) -> Entry:
    mark = turns.mark(ticket.state, ticket.waiting_since, ticket.has_problem, now)
    is_theirs = ticket.waiting_since is not None
    address = {"workspace": about.agent.workspace.slug, "number": ticket.number}
    return Entry(
        at=ticket.last_activity_at,
        source=SOURCE,
        id=ticket.pk,
        title=ticket.title,
        mark=mark,
        mark_words=turns.WORDS[mark],
        url=reverse("desk:ticket", kwargs=address),
        voice=ticket.preview if is_theirs else "",
        language=language_of(ticket.preview) if is_theirs else "",
        words=", ".join(_facts(ticket, about)),
    )


def _facts(ticket: Ticket, about: About) -> Iterable[Any]:
    if about.contact is None or ticket.requester_id != about.contact.pk:
        yield ticket.requester.display_name
    yield str(CHANNELS.get(ticket.channel_kind, ticket.channel_kind))
    if ticket.assignee:
        yield gettext("with %(name)s") % {"name": ticket.assignee.name}

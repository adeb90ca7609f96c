"""Everything on the page of a person or a company."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import get_timezone_location
from django.db.models import F, Prefetch
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from harken.agents.models import Agent
from harken.contacts import parts
from harken.contacts.models import Company, Contact, Identity, Merge, Site
from harken.contacts.models.contact import ContactQuerySet
from harken.contacts.planning import seats_by_month
from harken.contacts.timeline import About, Page, page_of
from harken.desk.leaving import Scheduled, scheduled_letters
from harken.desk.people.chart import SeatsChart, seats_chart
from harken.desk.people.requests import SOURCE, Asked, asked_by
from harken.desk.reach import Reach, reach_of
from harken.lib.names import initials
from harken.ui.moments import clock, current_locale

COLLEAGUES_SHOWN = 12
SITES_SHOWN = 50
TABS = ("", SOURCE)

# What the page of a person has and that of a company has not, or the other way round.
_NOTHING: dict[str, Any] = {
    "reaches": [],
    "merges": [],
    "letters": [],
    "chart": None,
    "grown_this_year": 0,
    "place": None,
    "log_url": "",
}


@dataclass(frozen=True)
class Place:
    """Where somebody is, and what time it is there."""

    name: str
    clock: str


@dataclass(frozen=True)
class Card:
    """A person or a company as one agent sees them; one of `contact` and `company` is whom the page is about."""

    contact: Contact | None
    company: Company | None
    reaches: list[Reach]
    people: list[Contact]
    has_more_people: bool
    sites: list[Site]
    merges: list[Merge]
    # What will begin a request with this person by itself.
    letters: list[Scheduled]
    asked: Asked
    chart: SeatsChart | None
    grown_this_year: int
    place: Place | None
    timeline: Page
    tab: str
    parts: list[str]
    log_url: str

    @property
    def initials(self) -> str:
        """Of the company's name, for its square."""
        return initials(self.company.name) if self.company else ""

    @property
    def can_be_written_to(self) -> bool:
        return any(person.email for person in self.people)


def people_of(agent: Agent) -> ContactQuerySet:
    """Return the contacts this agent may see, with their company and addresses."""
    identities = Prefetch("identities", Identity.objects.order_by("id"))
    found = Contact.objects.visible_to(agent).select_related("company", "merged_into")
    return found.prefetch_related(identities)


def card_of_person(request: Any, contact: Contact, *, tab: str, before: str) -> Card:
    """Gather what is known of a person."""
    about = About(request.agent, contact=contact)
    merges = Merge.objects.visible_to(request.agent).standing().filter(into=contact)
    return _card(
        request,
        about,
        tab=tab,
        before=before,
        reaches=[reach_of(identity) for identity in contact.identities.all()],
        people=[],
        sites=_sites(contact.company, request.agent),
        merges=list(merges.select_related("contact").order_by("-pk")),
        log_url=_log_url(request, contact),
        letters=scheduled_letters(
            request.agent, to={identity.address for identity in contact.identities.all()}
        ),
        place=place_of(contact.time_zone),
    )


def card_of_company(request: Any, company: Company, *, tab: str, before: str) -> Card:
    """Gather what is known of a company."""
    about = About(request.agent, company=company)
    people = people_of(request.agent).present().filter(company=company)
    recent = people.order_by(F("last_heard_at").desc(nulls_last=True), "sort_key", "pk")
    return _card(
        request,
        about,
        tab=tab,
        before=before,
        people=list(recent[: COLLEAGUES_SHOWN + 1]),
        sites=_sites(company, request.agent),
        chart=seats_chart(seats_by_month(company)),
        grown_this_year=_grown_this_year(company),
    )


def place_of(time_zone: str) -> Place | None:
    """Return what time it is now where somebody lives; `None` where that is not known."""
    if not time_zone:
        return None
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
    name = get_timezone_location(zone, locale=current_locale(), return_city=True)
    return Place(str(name), clock(timezone.now(), zone))


def _card(request: Any, about: About, *, tab: str, before: str, people: list[Contact], **known: Any) -> Card:
    shown = tab if tab in TABS else ""
    return Card(
        **{**_NOTHING, **known},
        contact=about.contact,
        company=about.company or (about.contact.company if about.contact else None),
        people=people[:COLLEAGUES_SHOWN],
        has_more_people=len(people) > COLLEAGUES_SHOWN,
        asked=asked_by(about),
        timeline=page_of(about, before, only=shown, in_zone=timezone.localtime),
        tab=shown,
        parts=parts.rendered(request, about),
    )


def _sites(company: Company | None, agent: Agent) -> list[Site]:
    if company is None:
        return []
    sites = Site.objects.visible_to(agent).filter(company=company).defer("access_notes", "agreed")
    return list(sites.by_name()[:SITES_SHOWN])


def _grown_this_year(company: Company) -> int:
    new_year = timezone.localtime().replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    changes = company.plan_changes.filter(at__gte=new_year).exclude(seats=None).exclude(seats_before=None)
    first = changes.in_order().first()
    return (company.seats or 0) - (first.seats_before or 0) if first and company.seats is not None else 0


def _log_url(request: Any, contact: Contact) -> str:
    """Return where a call with somebody is written down; `""` while no such page is there."""
    try:
        address = reverse("desk:log", kwargs={"workspace": request.workspace.slug})
    except NoReverseMatch:
        return ""
    return f"{address}?contact={contact.pk}"

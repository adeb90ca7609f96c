"""What Fennel knows of its customers besides their letters: what people do, plans and seats, sites, notes."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from harken.agents.models import Agent
from harken.contacts.models import Company, Contact, Identity, Note, PlanChange, Site
from harken.workspaces.models import Workspace


class Bought(NamedTuple):
    """What a company has, and how many seats it had so many days ago, the oldest first."""

    domain: str
    about: str
    plan: str
    price: str
    bought: int
    seats: tuple[tuple[int, int], ...]


COMPANIES = (
    Bought(
        "crumbandco.example",
        "Bakery group in Leeds",
        "Growth",
        "€290 a month",
        15,
        ((340, 10), (250, 11), (130, 12), (33, 14)),
    ),
    Bought(
        "brandt-backhaus.example", "Three shops in Kassel", "Growth", "€290 a month", 12, ((300, 9), (60, 8))
    ),
    Bought("goldencrust.example", "Bakery in Accra", "Start", "€90 a month", 5, ((200, 3), (90, 5))),
    Bought("hiiragi-pan.example", "京都のパン屋", "Start", "€90 a month", 5, ((180, 4),)),
    Bought(
        "sever-bread.example", "Пекарня в Архангельске", "Growth", "€290 a month", 20, ((320, 12), (40, 17))
    ),
)
# By their key: what they do, their zone, and their phone.
PEOPLE = {
    "priya": ("Operations, approves estimates", "Europe/London", "+44 113 000 0000"),
    "dan": ("Drivers and routes", "Europe/London", ""),
    "sunita": ("Accounts, gets the invoices", "Europe/London", "+44 113 000 0012"),
    "dieter": ("Geschäftsführer", "Europe/Berlin", "+49 561 000 000"),
    "nakamura": ("経理", "Asia/Tokyo", ""),
    "anna": ("Технолог", "Europe/Moscow", "+7 818 200 00 00"),
}
SITES = (
    ("crumbandco.example", "Headingley, Chapel Allerton, Otley", "3 shops", "One price list for all three."),
    ("crumbandco.example", "Kirkgate market stall", "1 seat", "Saturdays alone, from 05:00."),
    ("brandt-backhaus.example", "Webshop", "shop.brandt-backhaus.example", "Ours to look after until March."),
)
NOTES = (
    ("priya", "olga", 52, "Happy with 4.1. Weighs us against Bakely for the new stall."),
    ("dieter", "maya", 20, "Rings rather than writes; mornings before six are best."),
)


def describe_people(
    workspace: Workspace, agents: dict[str, Agent], identities: dict[str, Identity], now: datetime
) -> None:
    """Complete what the letters have made of people and companies."""
    companies = {company.domain: company for company in Company.objects.filter(workspace=workspace)}
    for told in COMPANIES:
        _give_plan(companies[told.domain], told, now, agents["maya"])
    people = {address.partition("@")[0]: identity.contact for address, identity in identities.items()}
    for key, (job, zone, phone) in PEOPLE.items():
        _describe(people[key], job, zone, phone)
    ours: dict[str, Any] = {"workspace": workspace}
    for domain, name, host, agreed in SITES:
        Site.objects.create(company=companies[domain], name=name, host=host, agreed=agreed, **ours)
    for key, agent, days, text in NOTES:
        at = now - timedelta(days=days)
        Note.objects.create(contact=people[key], agent=agents[agent], text=text, created_at=at, **ours)


def _give_plan(company: Company, told: Bought, now: datetime, by: Agent) -> None:
    before: dict[str, Any] = {"plan_before": "", "seats_before": None}
    for days, seats in told.seats:
        terms = {"plan": told.plan, "price": told.price, "seats": seats, "seats_bought": told.bought}
        at = now - timedelta(days=days)
        PlanChange.objects.create(
            workspace_id=company.workspace_id, company=company, agent=by, at=at, **before, **terms
        )
        before = {"plan_before": told.plan, "seats_before": seats}
    company.about, company.plan, company.price = told.about, told.plan, told.price
    company.seats, company.seats_bought = told.seats[-1][1], told.bought
    company.customer_since = (now - timedelta(days=told.seats[0][0])).date()
    company.save()


def _describe(contact: Contact, job: str, zone: str, phone: str) -> None:
    contact.job, contact.time_zone = job, zone
    contact.save(update_fields=["job", "time_zone"])
    if phone:
        Identity.objects.create(
            workspace_id=contact.workspace_id,
            contact=contact,
            kind=Identity.Kind.PHONE,
            address=phone.replace(" ", ""),
            written=phone,
        )

"""What Fennel calls things in its own words: areas, states, fields and tags, and a few requests that show them."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import Q

from harken.agents.models import Agent
from harken.contacts.models import Company, Identity
from harken.fields import listing
from harken.fields.apps import CUSTOMISING
from harken.fields.defining import add_field
from harken.fields.models import Field
from harken.tickets.merge import merge
from harken.tickets.models import Area, OwnState, Tag, Ticket, TicketTag
from harken.tickets.models.lists import TicketQuerySet
from harken.tickets.own_names import answer_fields, put_into
from harken.tickets.states import State
from harken.workspaces.models import Workspace


class Asked(NamedTuple):
    """A field, and what can be chosen in it."""

    name: str
    about: str
    kind: str
    options: tuple[str, ...] = ()


# What people ask about, by words of their subjects.
AREAS = {
    "Orders": ("order", "注文", "заказ", "طلب"),
    "Labels and printing": ("label", "print", "ラベル", "этикет"),
    "Till": ("till", "cash", "card", "scanner", "レジ", "касс"),
    "Invoices": ("invoice", "VAT", "account", "請求", "счёт", "فاتورة"),
    "Signing in": ("sign in", "login", "пароль"),
}
STATES = (
    ("With the supplier", State.WAITING),
    ("In development", State.ACCEPTED),
    ("Fixed in the next release", State.CLOSED),
    ("Duplicate", State.CLOSED_UNSUCCESSFULLY),
)
FIELDS = (
    Asked("Version", Field.About.TICKET, Field.Kind.TEXT),
    Asked("Stops the morning’s baking", Field.About.TICKET, Field.Kind.YES_NO),
    Asked(
        "Where it happens",
        Field.About.TICKET,
        Field.Kind.SEVERAL_OF,
        ("Web shop", "Till", "Tablet", "Office"),
    ),
    Asked(
        "Likes to be reached",
        Field.About.CONTACT,
        Field.Kind.ONE_OF,
        ("By mail", "By phone, early", "By phone"),
    ),
    Asked("Ovens", Field.About.COMPANY, Field.Kind.NUMBER),
    Asked("Contract until", Field.About.COMPANY, Field.Kind.DATE),
)
TAGS = (("delivery", Tag.Colour.BLUE), ("wish", Tag.Colour.GREEN), ("month end", Tag.Colour.YELLOW))
TAGGED = {
    "delivery": ("deliver", "route"),
    "wish": ("wish", "Can we"),
    "month end": ("invoice", "account", "VAT"),
}
COMPANIES = {
    "crumbandco.example": {"ovens": 7, "contract_until": "2027-06-30"},
    "brandt-backhaus.example": {"ovens": 4, "contract_until": "2026-12-31"},
    "hiiragi-pan.example": {"ovens": 1},
}


def name_things(workspace: Workspace, agents: dict[str, Agent], identities: dict[str, Identity]) -> None:
    """Let the workspace call things by its own names, and use them."""
    workspace.switch(CUSTOMISING, on=True)
    maya = agents["maya"]
    states = {name: listing.add(OwnState(name=name, kind=kind), by=maya) for name, kind in STATES}
    for asked in FIELDS:
        add_field(asked.name, about=asked.about, kind=asked.kind, options=asked.options, by=maya)
    for name, words in AREAS.items():
        _about(workspace, words).filter(area=None).update(area=listing.add(Area(name=name), by=maya))
    _tag(workspace)
    _describe(workspace, identities)
    _stand(workspace, states, maya)
    _merge_two(workspace, maya)


def _about(workspace: Workspace, words: Sequence[str]) -> TicketQuerySet:
    said = Q(pk__in=())
    for word in words:
        said |= Q(subject__icontains=word)
    return Ticket.objects.filter(said, workspace=workspace).exclude(state=State.SPAM)


def _tag(workspace: Workspace) -> None:
    for name, colour in TAGS:
        tag = Tag.objects.create(workspace=workspace, name=name, colour=colour)
        TicketTag.objects.bulk_create(
            TicketTag(workspace=workspace, ticket=ticket, tag=tag)
            for ticket in _about(workspace, TAGGED[name])
        )


def _describe(workspace: Workspace, identities: dict[str, Identity]) -> None:
    for domain, answers in COMPANIES.items():
        Company.objects.filter(workspace=workspace, domain=domain).update(fields=answers)
    for address, identity in identities.items():
        if address.startswith(("priya@", "dieter@")):
            identity.contact.fields = {
                "likes_to_be_reached": "by_mail" if address.startswith("priya@") else "by_phone_early"
            }
            identity.contact.save(update_fields=["fields"])


def _stand(workspace: Workspace, states: dict[str, OwnState], by: Agent) -> None:
    tickets = Ticket.objects.filter(workspace=workspace).newest_first()
    answered = list(tickets.filter(state=State.WAITING)[:4])
    for ticket in answered[:2]:
        put_into(ticket, states["With the supplier"], by=by)
        answer_fields(ticket, {"version": "4.1.2", "where_it_happens": ["till"]}, by=by)
    put_into(answered[2], states["In development"], by=by)
    answered[3].accept(by=by)
    for name in ("Fixed in the next release", "Duplicate"):
        closed = tickets.filter(state=states[name].kind).values_list("pk", flat=True)[:2]
        tickets.filter(pk__in=list(closed)).update(own_state=states[name])
    first = tickets.waiting_for_us().order_by("waiting_since").first()
    if first:
        answer_fields(first, {"version": "4.2", "stops_the_morning_s_baking": True}, by=by)


def _merge_two(workspace: Workspace, by: Agent) -> None:
    """Two closed requests of one person were about the same."""
    seen: dict[int, Ticket] = {}
    for ticket in Ticket.objects.filter(workspace=workspace).closed().order_by("pk"):
        if other := seen.get(ticket.requester_id):
            merge(other, into=ticket, by=by, copies=False)
            return
        seen[ticket.requester_id] = ticket

"""REST routes: contacts and companies."""

from datetime import datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.contacts.models import Company, Contact
from harken.lib.addresses import normalise
from harken.lib.rest import Page, Paging, Text, page

contacts = Router(tags=["contacts"])
companies = Router(tags=["contacts"])


class CompanyBrief(Schema):
    id: int
    name: str


class CompanyOut(CompanyBrief):
    domain: str | None
    created_at: datetime


class IdentityOut(Schema):
    kind: str
    address: str
    is_verified: bool
    health: Literal["ok", "failing", "dead"] = Field(description="how letters to it fare")
    health_words: str = Field(description="what was said of the last one that failed")
    health_since: datetime | None
    failures: int = Field(description="how many have failed since it was well")
    takes_automatic_mail: bool = Field(description="false after a complaint, a loop or a failure")


class ContactBrief(Schema):
    id: int
    name: str = Field(alias="display_name")
    email: str


class ContactOut(ContactBrief):
    company: CompanyBrief | None
    identities: list[IdentityOut]
    created_at: datetime

    @staticmethod
    def resolve_identities(contact: Contact) -> list[Any]:
        return sorted(contact.identities.all(), key=lambda identity: identity.pk)


class ContactsAsked(Paging):
    email: Text | None = Field(None, max_length=500, description="only the person with this address")
    company: int | None = Field(None, description="only the people of this company")


@contacts.get("", response=Page[ContactOut])
def list_contacts(request: AgentRequest, asked: FromQuery[ContactsAsked]) -> dict[str, Any]:
    """Newest first."""
    rows = _contacts(request)
    if asked.email is not None:
        rows = rows.filter(identities__kind="email", identities__address=normalise(asked.email))
    if asked.company is not None:
        rows = rows.filter(company=asked.company)
    return page(rows, asked, by="-id")


@contacts.get("/{int:contact_id}", response=ContactOut)
def get_contact(request: AgentRequest, contact_id: int) -> Contact:
    return get_object_or_404(_contacts(request), pk=contact_id)


@companies.get("", response=Page[CompanyOut])
def list_companies(request: AgentRequest, asked: FromQuery[Paging]) -> dict[str, Any]:
    """Newest first."""
    return page(Company.objects.visible_to(request.agent), asked, by="-id")


@companies.get("/{int:company_id}", response=CompanyOut)
def get_company(request: AgentRequest, company_id: int) -> Company:
    return get_object_or_404(Company.objects.visible_to(request.agent), pk=company_id)


def _contacts(request: AgentRequest) -> Any:
    return Contact.objects.visible_to(request.agent).select_related("company").prefetch_related("identities")

"""REST routes: people. Companies and their sites stand in `company_api.py`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.contacts.adding import add_contact
from harken.contacts.changing import change
from harken.contacts.company_api import CompanyBrief
from harken.contacts.errors import AddressTaken, ContactsError
from harken.contacts.identifying import add_identity, remove_identity, verify_identity
from harken.contacts.merging import merge, take_back
from harken.contacts.models import Company, Contact, Identity, Merge
from harken.fields.answers import changed, fields_about
from harken.fields.api import Answers
from harken.fields.models import Field as OwnField
from harken.lib.addresses import normalise
from harken.lib.rest import Input, Page, Paging, Problem, Text, page
from harken.lib.text import one_line
from harken.lib.zones import zone_names

contacts = Router(tags=["contacts"])


class IdentityOut(Schema):
    id: int
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
    job: str = Field(description="what they do")
    phone: str
    time_zone: str
    merged_into: int | None = Field(
        alias="merged_into_id", description="the person this one turned out to be; their page leads there"
    )
    fields: dict[str, Any] = Field(description="answers to the workspace's own fields, by their keys")
    last_heard_at: datetime | None = Field(description="when they wrote or spoke to us last")
    company: CompanyBrief | None
    identities: list[IdentityOut]
    created_at: datetime

    @staticmethod
    def resolve_identities(contact: Contact) -> list[Any]:
        return sorted(contact.identities.all(), key=lambda identity: identity.pk)


Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ContactIn(Input):
    name: Text = Field("", max_length=300)
    job: Text = Field("", max_length=200)
    time_zone: Text = Field("", max_length=64)
    company: Id | None = None
    addresses: list[Text] = Field([], max_length=20, description="mail addresses and phone numbers")


class ContactChange(Input):
    """What is named changes, and nothing else."""

    name: Text | None = Field(None, max_length=300)
    job: Text | None = Field(None, max_length=200)
    time_zone: Text | None = Field(None, max_length=64)
    company: Id | None = Field(None, description="null: of no company")
    fields: Answers | None = None


class IdentityIn(Input):
    address: Text = Field(max_length=500, description="a mail address or a phone number")
    is_verified: bool = False


class MergeIn(Input):
    contact: Id = Field(description="who turned out to be this person")


class ContactsAsked(Paging):
    email: Text | None = Field(None, max_length=500, description="only the person with this address")
    company: int | None = Field(None, ge=1, le=2**63 - 1, description="only the people of this company")


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


@contacts.post("", response={201: ContactOut})
@transaction.atomic
def add_person(request: AgentRequest, new: ContactIn) -> Status[Contact]:
    """Make somebody known by mail addresses and phone numbers."""
    company = _company(request, new.company)
    fields = {name: one_line(getattr(new, name), 300) for name in ("name", "job")}
    zone = _zone(new.time_zone)
    try:
        made = add_contact(
            request.workspace,
            by=request.agent,
            reached_at=new.addresses,
            company=company,
            time_zone=zone,
            **fields,
        )
    except ContactsError as error:
        raise Problem(409 if isinstance(error, AddressTaken) else 422, str(error)) from error
    return Status(201, _contacts(request).get(pk=made.pk))


@contacts.patch("/{int:contact_id}", response=ContactOut)
@transaction.atomic
def change_person(request: AgentRequest, contact_id: int, changes: ContactChange) -> Contact:
    """Change what is named, and nothing else."""
    contact = get_object_or_404(_contacts(request), pk=contact_id)
    given = changes.model_dump(include=changes.model_fields_set - {"fields"}, exclude_none=True)
    values: dict[str, Any] = {
        name: one_line(text, 300) for name, text in given.items() if name in ("name", "job")
    }
    if "time_zone" in given:
        values["time_zone"] = _zone(given["time_zone"])
    if "company" in changes.model_fields_set:
        values["company"] = _company(request, changes.company)
    if changes.fields:
        asked = fields_about(request.workspace, OwnField.About.CONTACT)
        values["fields"] = changed(asked, contact.fields, changes.fields)
    try:
        change(contact, values, by=request.agent)
    except ContactsError as error:
        raise Problem(422, str(error)) from error
    return _contacts(request).get(pk=contact.pk)


@contacts.post("/{int:contact_id}/identities", response={201: ContactOut})
@transaction.atomic
def add_address(request: AgentRequest, contact_id: int, new: IdentityIn) -> Status[Contact]:
    """Let a person be known by one more address; one they have already is left as it is, but for `is_verified`."""
    contact = get_object_or_404(_contacts(request), pk=contact_id)
    try:
        identity = add_identity(contact, new.address, by=request.agent)
    except ContactsError as error:
        raise Problem(409 if isinstance(error, AddressTaken) else 422, str(error)) from error
    verify_identity(identity, by=request.agent, is_verified=new.is_verified)
    return Status(201, _contacts(request).get(pk=contact.pk))


@contacts.delete("/{int:contact_id}/identities/{int:identity_id}", response={204: None})
def remove_address(request: AgentRequest, contact_id: int, identity_id: int) -> Status[None]:
    """Let an address lead to nobody; whoever writes from it next is a newcomer."""
    rows = Identity.objects.visible_to(request.agent).filter(contact=contact_id)
    remove_identity(get_object_or_404(rows, pk=identity_id), by=request.agent)
    return Status(204, None)


@contacts.post("/{int:contact_id}/merge", response=ContactOut)
def merge_person(request: AgentRequest, contact_id: int, asked: MergeIn) -> Contact:
    """Make two people one: whatever `contact` had is this one's, and its address leads here. Can be taken back."""
    into = get_object_or_404(_contacts(request), pk=contact_id)
    other = _contacts(request).filter(pk=asked.contact).first()
    if other is None:
        raise Problem(422, f"There is no contact {asked.contact} here.", "Give the id of another contact.")
    try:
        merge(other, into=into, by=request.agent)
    except ContactsError as error:
        raise Problem(409, str(error)) from error
    return _contacts(request).get(pk=into.pk)


@contacts.delete("/{int:contact_id}/merge", response=ContactOut)
def unmerge_person(request: AgentRequest, contact_id: int) -> Contact:
    """Take back the merge of this merged contact: exactly what was moved goes back to it."""
    contact = get_object_or_404(_contacts(request), pk=contact_id)
    merges = Merge.objects.visible_to(request.agent).standing().filter(contact=contact)
    standing = merges.select_related("contact", "into").first()
    if standing is None:
        raise Problem(409, "This contact is merged into nobody. Nothing was changed.")
    take_back(standing, by=request.agent)
    return _contacts(request).get(pk=contact.pk)


def _zone(name: str) -> str:
    if name and name not in zone_names():
        raise Problem(
            422, f"“{name[:60]}” is no time zone.", "Give a name such as Europe/London, or nothing."
        )
    return name


def _company(request: AgentRequest, company_id: int | None) -> Company | None:
    if company_id is None:
        return None
    if company := Company.objects.visible_to(request.agent).filter(pk=company_id).first():
        return company
    raise Problem(422, f"There is no company {company_id} here.", "Give the id of a company, or null.")


def _contacts(request: AgentRequest) -> Any:
    return Contact.objects.visible_to(request.agent).select_related("company").prefetch_related("identities")

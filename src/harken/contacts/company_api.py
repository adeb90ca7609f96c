"""REST routes: companies and their sites."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.contacts.adding import add_company as make_company
from harken.contacts.adding import add_site as make_site
from harken.contacts.adding import remove_site as forget_site
from harken.contacts.changing import change, domain_in
from harken.contacts.errors import ContactsError, DomainTaken
from harken.contacts.models import Company, Site
from harken.contacts.planning import PLAN_FIELDS, change_plan
from harken.fields.answers import Values, changed, fields_about
from harken.fields.api import Answers
from harken.fields.models import Field as OwnField
from harken.lib.rest import Input, Page, Paging, Problem, Text, page
from harken.lib.text import one_line

companies = Router(tags=["contacts"])
sites = Router(tags=["contacts"])

Seats = Annotated[int, Field(ge=0, le=2**31 - 1)]


class CompanyBrief(Schema):
    id: int
    name: str


class CompanyOut(CompanyBrief):
    domain: str | None
    about: str
    customer_since: date | None
    plan: str
    price: str
    seats: int | None = Field(description="in use")
    seats_bought: int | None
    fields: dict[str, Any] = Field(description="answers to the workspace's own fields, by their keys")
    created_at: datetime


class CompanyChange(Input):
    """What is named changes, and nothing else. A change of plan, price or seats is kept as history."""

    name: Text | None = Field(None, min_length=1, max_length=300)
    domain: Text | None = Field(None, max_length=253)
    about: Text | None = Field(None, max_length=500)
    plan: Text | None = Field(None, max_length=100)
    price: Text | None = Field(None, max_length=100)
    seats: Seats | None = None
    seats_bought: Seats | None = None
    fields: Answers | None = None


class CompanyIn(CompanyChange):
    name: Text = Field(min_length=1, max_length=300)


class SiteOut(Schema):
    id: int
    company: int = Field(alias="company_id")
    name: str
    address: str = Field(description="of a page, or a street")
    host: str
    agreed: str = Field(description="what was agreed; how to get in is shown on its page alone")
    fields: dict[str, Any] = Field(description="answers to the workspace's own fields, by their keys")
    created_at: datetime


class SitesAsked(Paging):
    company: int | None = Field(None, ge=1, le=2**63 - 1, description="only the sites of this company")


class SiteChange(Input):
    """What is named changes, and nothing else."""

    name: Text | None = Field(None, min_length=1, max_length=300)
    address: Text | None = Field(None, max_length=500)
    host: Text | None = Field(None, max_length=300)
    access_notes: Text | None = Field(None, max_length=10_000, description="kept sealed, never answered")
    agreed: Text | None = Field(None, max_length=10_000)
    fields: Answers | None = None


class SiteIn(SiteChange):
    name: Text = Field(min_length=1, max_length=300)


@companies.get("", response=Page[CompanyOut])
def list_companies(request: AgentRequest, asked: FromQuery[Paging]) -> dict[str, Any]:
    """Newest first."""
    return page(Company.objects.visible_to(request.agent), asked, by="-id")


@companies.post("", response={201: CompanyOut})
@transaction.atomic
def add_company(request: AgentRequest, new: CompanyIn) -> Status[Company]:
    """Make a company. Whoever writes from its domain for the first time belongs to it."""
    plan, rest = _parted(new)
    if new.fields:
        rest["fields"] = _answers(request, {}, new.fields)
    try:
        made = make_company(request.workspace, by=request.agent, **rest)
    except ContactsError as error:
        raise _problem(error) from error
    change_plan(made, plan, by=request.agent)
    return Status(201, made)


@companies.get("/{int:company_id}", response=CompanyOut)
def get_company(request: AgentRequest, company_id: int) -> Company:
    return get_object_or_404(Company.objects.visible_to(request.agent), pk=company_id)


@companies.patch("/{int:company_id}", response=CompanyOut)
@transaction.atomic
def change_company(request: AgentRequest, company_id: int, changes: CompanyChange) -> Company:
    """Change what is named, and nothing else."""
    company = get_object_or_404(Company.objects.visible_to(request.agent), pk=company_id)
    plan, rest = _parted(changes)
    if changes.fields:
        rest["fields"] = _answers(request, company.fields, changes.fields)
    try:
        change(company, rest, by=request.agent)
    except ContactsError as error:
        raise _problem(error) from error
    change_plan(company, plan, by=request.agent)
    return company


@companies.post("/{int:company_id}/sites", response={201: SiteOut})
@transaction.atomic
def add_site(request: AgentRequest, company_id: int, new: SiteIn) -> Status[Site]:
    """Make a site of a company."""
    company = get_object_or_404(Company.objects.visible_to(request.agent), pk=company_id)
    try:
        return Status(201, make_site(company, by=request.agent, **_site_fields(request, new, {})))
    except ContactsError as error:
        raise _problem(error) from error


@sites.get("", response=Page[SiteOut])
def list_sites(request: AgentRequest, asked: FromQuery[SitesAsked]) -> dict[str, Any]:
    """Newest first."""
    rows = Site.objects.visible_to(request.agent)
    if asked.company is not None:
        rows = rows.filter(company=asked.company)
    return page(rows, asked, by="-id")


@sites.get("/{int:site_id}", response=SiteOut)
def get_site(request: AgentRequest, site_id: int) -> Site:
    return get_object_or_404(Site.objects.visible_to(request.agent), pk=site_id)


@sites.patch("/{int:site_id}", response=SiteOut)
@transaction.atomic
def change_site(request: AgentRequest, site_id: int, changes: SiteChange) -> Site:
    """Change what is named, and nothing else."""
    site = get_object_or_404(Site.objects.visible_to(request.agent), pk=site_id)
    try:
        change(site, _site_fields(request, changes, site.fields), by=request.agent)
    except ContactsError as error:
        raise _problem(error) from error
    return site


@sites.delete("/{int:site_id}", response={204: None})
def remove_site(request: AgentRequest, site_id: int) -> Status[None]:
    """Forget a site, for good."""
    forget_site(get_object_or_404(Site.objects.visible_to(request.agent), pk=site_id), by=request.agent)
    return Status(204, None)


def _parted(given: CompanyChange) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plan and seats, and the rest. What is null or missing stays as it is, but for seats, which null forgets."""
    named = given.model_dump(include=given.model_fields_set - {"fields"})
    plan = {name: named.pop(name) for name in PLAN_FIELDS if name in named}
    plan = {name: value for name, value in plan.items() if value is not None or name.startswith("seats")}
    rest = {name: one_line(value, 500) for name, value in named.items() if value is not None}
    if "domain" in rest:
        try:
            rest["domain"] = domain_in(rest["domain"])
        except ContactsError as error:
            raise _problem(error) from error
    return plan, rest


def _answers(
    request: AgentRequest, standing: Values, given: Values, about: str = OwnField.About.COMPANY
) -> Values:
    return changed(fields_about(request.workspace, about), standing, given)


def _site_fields(request: AgentRequest, given: SiteChange, standing: Values) -> dict[str, Any]:
    named = given.model_dump(include=given.model_fields_set - {"fields"}, exclude_none=True)
    if given.fields:
        named["fields"] = _answers(request, standing, given.fields, OwnField.About.SITE)
    lines = {name: one_line(named[name], 500) for name in ("name", "address", "host") if name in named}
    return named | lines


def _problem(error: ContactsError) -> Problem:
    return Problem(409 if isinstance(error, DomainTaken) else 422, str(error))

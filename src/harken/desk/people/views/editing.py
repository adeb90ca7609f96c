"""New people, companies and sites, and changing them: whoever comes second sees what the first has changed."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.contacts.adding import add_company, add_contact, add_site, remove_site
from harken.contacts.changing import change
from harken.contacts.errors import AddressTaken, ChangedMeanwhile, ContactsError, DomainTaken
from harken.contacts.models import Company, Contact, Site
from harken.contacts.planning import PLAN_FIELDS, change_plan
from harken.desk.own.forms import answers_given, answers_shown, with_answers
from harken.desk.people.forms import CompanyForm, NewPersonForm, PersonForm, SiteForm, company_named
from harken.desk.people.views.pages import company_of, standing_contact, to_company, to_person
from harken.fields.answers import Values, changed, fields_about
from harken.fields.models import Field
from harken.lib.text import one_line
from harken.lib.zones import zone_names
from harken.ui.collisions import SharedForm

MOST_ATTEMPTS = 3
Row = TypeVar("Row", Contact, Company, Site)


@require_http_methods(["GET", "POST"])
def new_person(request: AgentRequest) -> HttpResponse:
    """GET shows the form for somebody new; POST makes them known."""
    fields = fields_about(request.workspace, Field.About.CONTACT)
    company = one_line(request.GET.get("company", ""), 300)
    form: Any = _asking(NewPersonForm, fields, {}, _typed(request), {"company": company})
    page = _Page(request, _("New person"), reverse_to(request, "people"))
    if request.method == "GET" or not form.is_valid():
        return page.begun(form)
    try:
        with transaction.atomic():
            values = _person_values(request, form) | {"fields": changed(fields, {}, answers_given(form))}
            made = add_contact(request.workspace, by=request.agent, reached_at=form.reached_at, **values)
    except ContactsError as error:
        return page.refused(form, error)
    return to_person(request, made)


@require_http_methods(["GET", "POST"])
def edit_person(request: AgentRequest, contact_id: int) -> HttpResponse:
    """GET shows the form of a person; POST saves it."""
    contact = standing_contact(request, contact_id)
    page = _Page(request, contact.display_name, reverse_to(request, "person", contact_id=contact.pk))
    fields = fields_about(request.workspace, Field.About.CONTACT)

    def save(form: PersonForm, row: Contact) -> None:
        values = _person_values(request, form) | {"fields": _answers(fields, form, row)}
        change(row, values, by=request.agent, seen=row.revision)

    return page.edited(contact, PersonForm, save, fields)


@require_http_methods(["GET", "POST"])
def new_company(request: AgentRequest) -> HttpResponse:
    """GET shows the form for a new company; POST makes it."""
    fields = fields_about(request.workspace, Field.About.COMPANY)
    form: Any = _asking(CompanyForm, fields, {}, _typed(request), {})
    page = _Page(request, _("New company"), reverse_to(request, "companies"))
    if request.method == "GET" or not form.is_valid():
        return page.begun(form)
    plan, rest = _parted(form)
    try:
        with transaction.atomic():
            rest["fields"] = changed(fields, {}, answers_given(form))
            made = add_company(request.workspace, by=request.agent, **rest)
            change_plan(made, plan, by=request.agent)
    except ContactsError as error:
        return page.refused(form, error)
    return to_company(request, made)


@require_http_methods(["GET", "POST"])
def edit_company(request: AgentRequest, company_id: int) -> HttpResponse:
    """GET shows the form of a company; POST saves it, plan and seats with their history."""
    company = company_of(request, company_id)
    page = _Page(request, company.name, reverse_to(request, "company", company_id=company.pk))
    fields = fields_about(request.workspace, Field.About.COMPANY)

    def save(form: CompanyForm, row: Company) -> None:
        plan, rest = _parted(form)
        values = rest | {"fields": _answers(fields, form, row)}
        change(row, values, by=request.agent, seen=row.revision)
        change_plan(row, plan, by=request.agent)

    return page.edited(company, CompanyForm, save, fields)


@require_http_methods(["GET", "POST"])
def new_site(request: AgentRequest, company_id: int) -> HttpResponse:
    """GET shows the form for a new site of a company; POST makes it."""
    company = company_of(request, company_id)
    fields = fields_about(request.workspace, Field.About.SITE)
    form = _asking(SiteForm, fields, {}, _typed(request), {})
    title = _("New site of %(company)s") % {"company": company.name}
    page = _Page(request, title, reverse_to(request, "company", company_id=company.pk))
    if request.method == "GET" or not form.is_valid():
        return page.begun(form)
    answers = changed(fields, {}, answers_given(form))
    add_site(company, by=request.agent, **_site_values(form), fields=answers)
    return to_company(request, company)


@require_http_methods(["GET", "POST"])
def site(request: AgentRequest, site_id: int) -> HttpResponse:
    """GET shows a site with its form; POST saves it."""
    found = _site(request, site_id)
    page = _Page(request, found.name, reverse_to(request, "company", company_id=found.company_id), site=found)
    fields = fields_about(request.workspace, Field.About.SITE)

    def save(form: SiteForm, row: Site) -> None:
        values = _site_values(form) | {"fields": _answers(fields, form, row)}
        change(row, values, by=request.agent, seen=row.revision)

    return page.edited(found, SiteForm, save, fields)


@require_POST
def site_removal(request: AgentRequest, site_id: int) -> HttpResponse:
    """POST forgets a site."""
    found = _site(request, site_id)
    remove_site(found, by=request.agent)
    notices.success(request, _("The site is gone."))
    return to_company(request, found.company)


class _Page:
    """A page with one form: as it was opened, refused with words, or with what somebody else has changed."""

    def __init__(self, request: AgentRequest, title: str, back: str, **more: Any) -> None:
        self._request, self._title, self._back, self._more = request, title, back, more

    def edited(
        self, row: Row, form_of: Any, save: Callable[[Any, Row], None], fields: Sequence[Field] = ()
    ) -> HttpResponse:
        """Show the form of a row, which asks for `fields` of one's own too, or save what was typed into it."""
        form = _form(form_of, row, fields, _typed(self._request))
        if self._request.method == "GET" or not form.is_valid():
            return self.shown(form)
        for _attempt in range(MOST_ATTEMPTS):
            try:
                with transaction.atomic():
                    save(form, row)
            except ChangedMeanwhile as error:
                # Between our reading and our saving: what was typed is compared with what stands there now.
                row = error.row
                form = _form(form_of, row, fields, _typed(self._request))
                if not form.is_valid():
                    break
            except ContactsError as error:
                return self.refused(form, error)
            else:
                notices.success(self._request, _("Saved."))
                return redirect(self._back)
        return self.shown(form)

    def begun(self, form: SharedForm) -> HttpResponse:
        """Show the form of something new: whoever opens it types its name at once."""
        if not form.is_bound:
            form.begin_at("name")
        return self.shown(form)

    def shown(self, form: SharedForm) -> HttpResponse:
        return self._answer(form, status=409 if form.missed else 422 if form.errors else 200)

    def refused(self, form: SharedForm, error: ContactsError) -> HttpResponse:
        whose = _whose(self._request, error)
        return self._answer(form, refusal=str(error), belongs_to=whose, status=422)

    def _answer(self, form: SharedForm, *, status: int, **more: Any) -> HttpResponse:
        if "company" in form.fields:
            form.fields["company"].widget.attrs |= {
                "list": "company-names",
                "hx-get": reverse_to(self._request, "company_names"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#company-names",
            }
        context: dict[str, Any] = {
            "form": form,
            "title": self._title,
            "back": self._back,
            "refusal": "",
            "belongs_to": None,
            "site": None,
            "changed_by": "",
            "zones": sorted(zone_names()) if "time_zone" in form.fields else [],
        }
        return render(self._request, "desk/people/edit.html", context | self._more | more, status=status)


def _form(form_of: Any, row: Any, fields: Sequence[Field], typed: QueryDict | None) -> SharedForm:
    return _asking(form_of, fields, row.fields, typed, form_of.shown(row))


def _asking(
    form_of: Any, fields: Sequence[Field], values: Values, typed: QueryDict | None, current: dict[str, Any]
) -> SharedForm:
    """Return the form, which asks for the workspace's own fields below the rest."""
    asking = with_answers(form_of, fields, values)
    return cast(SharedForm, asking(typed, current=current | answers_shown(fields, values)))


def _answers(fields: Sequence[Field], form: SharedForm, row: Row) -> Values:
    return changed(fields, row.fields, answers_given(form))


def _typed(request: AgentRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _site(request: AgentRequest, site_id: int) -> Site:
    return get_object_or_404(Site.objects.visible_to(request.agent).select_related("company"), pk=site_id)


def reverse_to(request: AgentRequest, page: str, **values: Any) -> str:
    """Return the address of one of the desk's pages."""
    return reverse(f"desk:{page}", kwargs={"workspace": request.workspace.slug, **values})


def _person_values(request: AgentRequest, form: PersonForm) -> dict[str, Any]:
    told = {name: form.cleaned_data[name] for name in ("name", "job", "time_zone")}
    return told | {"company": _company_meant(request, form.cleaned_data["company"])}


def _company_meant(request: AgentRequest, name: str) -> Company | None:
    if not name:
        return None
    known = company_named(name, Company.objects.visible_to(request.agent))
    return known or add_company(request.workspace, by=request.agent, name=name)


def _site_values(form: SharedForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in SiteForm.base_fields}


def _parted(form: CompanyForm) -> tuple[dict[str, Any], dict[str, Any]]:
    given = {name: form.cleaned_data[name] for name in CompanyForm.base_fields}
    return {name: given.pop(name) for name in PLAN_FIELDS}, given


def _whose(request: AgentRequest, error: ContactsError) -> dict[str, str] | None:
    """To whom an address or a domain belongs already, to go there."""
    if isinstance(error, AddressTaken):
        name, url = error.contact.display_name, reverse_to(request, "person", contact_id=error.contact.pk)
    elif isinstance(error, DomainTaken):
        name, url = error.company.name, reverse_to(request, "company", company_id=error.company.pk)
    else:
        return None
    return {"name": name, "url": url}

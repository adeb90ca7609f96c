"""The lists of people and companies, and what is offered while somebody types a company's name."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from harken.agents.middleware import AgentRequest
from harken.contacts.models import Company
from harken.desk.people import lists
from harken.desk.people.lists import Page, Wanted
from harken.desk.people.own_filters import filters_of
from harken.desk.people.requests import CHANNELS
from harken.fields.answers import fields_about
from harken.fields.models import Field
from harken.lib.text import clean

LONGEST_KEY = 3000
ABOUT = {"people": Field.About.CONTACT, "companies": Field.About.COMPANY}


@require_safe
@vary_on_headers("HX-Request")
def people(request: AgentRequest) -> HttpResponse:
    """GET lists people; `after` continues where a page ended."""
    wanted = Wanted.of(request.GET)
    page = lists.people(request.agent, wanted, request.GET.get("after", "")[:LONGEST_KEY])
    companies = Company.objects.visible_to(request.agent)
    company = companies.filter(pk=int(wanted.company)).first() if wanted.company else None
    return _list(request, "people", wanted, page, company=company)


@require_safe
@vary_on_headers("HX-Request")
def companies(request: AgentRequest) -> HttpResponse:
    """GET lists companies; `after` continues where a page ended."""
    wanted = Wanted.of(request.GET)
    page = lists.companies(request.agent, wanted, request.GET.get("after", "")[:LONGEST_KEY])
    return _list(request, "companies", wanted, page, company=None)


@require_safe
def company_names(request: AgentRequest) -> HttpResponse:
    """GET offers names of companies for what was typed so far, as options of a list."""
    typed = clean(request.GET.get("company", "")).strip()[:100]
    names = lists.names_like(request.agent, typed) if typed else []
    return render(request, "desk/people/_company_names.html", {"names": names})


def _list(request: AgentRequest, what: str, wanted: Wanted, page: Page, **more: Any) -> HttpResponse:
    context = {"what": what, "wanted": wanted, "page": page, **more}
    if "HX-Request" in request.headers:
        return render(request, "desk/people/_rows.html", context)
    context |= {
        "own_filters": filters_of(fields_about(request.workspace, ABOUT[what]), wanted.own),
        "plans": lists.plans(request.agent),
        "channels": CHANNELS,
        "heard": lists.HEARD,
        "is_first": "after" not in request.GET,
    }
    return render(request, "desk/people/list.html", context)

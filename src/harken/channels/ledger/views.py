"""The ledger's pages: everything that ever arrived, one arrival, held letters, and for how long letters are kept."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.arriving import rejudge
from harken.channels.held import letters_to_judge
from harken.channels.ledger.care import compare_mailbox, fetch_missing_letters
from harken.channels.ledger.check import sentence_of
from harken.channels.ledger.forms import LedgerForm, RetentionForm
from harken.channels.ledger.held_page import MOST_HELD, held_page
from harken.channels.ledger.lists import Page, page_of
from harken.channels.ledger.rows import (
    address_of,
    evidence_of,
    header_lines_of,
    mark_of,
    past_of,
    rows_for,
    way_of,
)
from harken.channels.mailboxes.views import mailbox_of, owners_only
from harken.channels.models import Arrival, FolderState, LedgerCheck, Retention
from harken.files.errors import FilesError
from harken.lib.numbers import whole_number

VERDICTS: dict[str, Callable[..., Arrival]] = {
    "again": rejudge.try_again,
    "open": rejudge.open_as_request,
    "spam": rejudge.call_spam,
    "lie": rejudge.let_lie,
}


@require_GET
@vary_on_headers("HX-Request")
def ledger(request: AgentRequest) -> HttpResponse:
    """Everything that ever arrived, newest first; to htmx the rows alone."""
    context: dict[str, Any] = {"live_cursor": realtime.cursor()}
    form = LedgerForm(request.GET, agent=request.agent)
    key = whole_number(request.GET.get("before", ""))
    page = Page([], None) if form.errors else page_of(request.agent, form.asked, before=key)
    rows = rows_for(page.rows, request.workspace.slug)
    context |= {"form": form, "page": page, "rows": rows, "query": _query(request.GET)}
    if "HX-Request" in request.headers:
        return render(request, "channels/_arrivals.html", context)
    context |= _checked(request) | {"is_first": key is None and not form.errors}
    return render(request, "channels/ledger.html", context, status=422 if form.errors else 200)


@require_GET
@vary_on_headers("HX-Request")
def arrival(request: AgentRequest, arrival_id: int) -> HttpResponse:
    """One arrival: how it came, where it went, by what evidence, and what it was judged to be before."""
    return _arrival_page(request, _arrival(request, arrival_id))


@require_GET
def raw(request: AgentRequest, arrival_id: int) -> HttpResponse:
    """The letter as it came, to keep: never shown in the page."""
    found = _arrival(request, arrival_id)
    try:
        content = found.raw.read()
    except FilesError as error:
        return _arrival_page(request, found, "" if found.raw.removed_at else str(error), status=410)
    response = HttpResponse(content, content_type="application/octet-stream")
    name = content_disposition_header(True, f"letter-{found.pk}.eml")
    response.headers["Content-Disposition"] = name or ""
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
def judgement(request: AgentRequest, arrival_id: int) -> HttpResponse:
    """Say what a held letter is, by `verdict`: try it again, open it, call it spam, let it lie."""
    found = _arrival(request, arrival_id)
    verb = VERDICTS.get(request.POST.get("verdict", ""))
    if verb is None:
        return _arrival_page(request, found, _("Choose what the letter is."), status=422)
    try:
        judged = verb(found, by=request.agent)
    except rejudge.CannotJudge as error:
        return _arrival_page(request, _arrival(request, arrival_id), str(error), status=409)
    if request.POST.get("verdict") == "open" and judged.message_id:
        return redirect(address_of(judged, request.workspace.slug))
    messages.success(request, _said(request.POST["verdict"]))
    place = "channels:held" if letters_to_judge(request.agent).exists() else "desk:home"
    return redirect(place, workspace=request.workspace.slug)


@require_GET
@vary_on_headers("HX-Request")
def held(request: AgentRequest) -> HttpResponse:
    """Letters that wait for a person, newest first, each with its reason and what can be done."""
    return held_page(request)


@require_http_methods(["GET", "POST"])
def kept(request: AgentRequest) -> HttpResponse:
    """For how long letters are kept; POST changes it."""
    owners_only(request)
    current = Retention.objects.visible_to(request.agent).first()
    form = RetentionForm(request.POST or None, current={"days": current.days if current else None})
    if request.method == "GET" or not form.is_valid():
        return render(request, "channels/kept.html", {"form": form}, status=422 if form.errors else 200)
    _keep_for(request, form.cleaned_data["days"])
    messages.success(request, _("Saved."))
    return redirect("channels:kept", workspace=request.workspace.slug)


@require_POST
def comparison(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Compare a mailbox with the ledger, or with `fetch` take exactly what is missing."""
    mailbox = mailbox_of(request, channel_id)
    task = fetch_missing_letters if "fetch" in request.POST else compare_mailbox
    task.defer(workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk)
    messages.success(request, _("It is being done. This page shows the outcome in a moment."))
    return redirect("channels:channels", workspace=request.workspace.slug)


def _arrival_page(
    request: AgentRequest, found: Arrival, problem: str = "", *, status: int = 200
) -> HttpResponse:
    duplicates = found.duplicates.select_related("channel").order_by("pk")[:MOST_HELD]
    context = {
        "arrival": found,
        "mark": mark_of(found),
        "went_to": address_of(found, request.workspace.slug),
        "evidence": list(evidence_of(found)),
        "way": list(way_of(found)),
        "past": past_of(found),
        "head": header_lines_of(found),
        "duplicates": duplicates,
        "problem": problem,
        "live_cursor": realtime.cursor(),
    }
    template = "channels/_arrival.html" if "HX-Request" in request.headers else "channels/arrival.html"
    return render(request, template, context, status=status)


def _checked(request: AgentRequest) -> dict[str, Any]:
    check = LedgerCheck.objects.visible_to(request.agent).first()
    faults = [{"sentence": sentence_of(each), "rows": each["rows"]} for each in check.faults] if check else []
    return {"check": check, "faults": faults, "total": sum(check.counts.values()) if check else 0} | {
        "missing": missing_at_servers(request)
    }


def missing_at_servers(request: AgentRequest) -> list[FolderState]:
    """Folders in which letters lie on the server that are not in the ledger, as last compared."""
    states = FolderState.objects.visible_to(request.agent).exclude(missing=[])
    return list(states.select_related("mailbox__channel"))


def _keep_for(request: AgentRequest, days: int | None) -> None:
    retention = Retention.objects.visible_to(request.agent)
    if days is None:
        retention.delete()
    else:
        retention.update_or_create(workspace=request.workspace, defaults={"days": days})


def _arrival(request: AgentRequest, arrival_id: int) -> Arrival:
    """Return the arrival, or 404 when it is not there for this agent: no hint which of the two."""
    rows = Arrival.objects.visible_to(request.agent)
    related = rows.select_related("raw", "channel", "workspace", "ticket", "message", "original")
    return get_object_or_404(related, pk=arrival_id)


def _query(given: QueryDict) -> str:
    kept = given.copy()
    kept.pop("before", None)
    return kept.urlencode()


def _said(verdict: str) -> str:
    return {
        "again": _("The letter is being tried again."),
        "open": _("The same letter came before; this one is kept as its duplicate."),
        "spam": _("The letter is kept as spam."),
        "lie": _("The letter stays in the ledger and is no work any more."),
    }[verdict]

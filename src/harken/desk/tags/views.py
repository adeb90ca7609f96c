"""Tags on a ticket, and the settings page where they are made, named and put together."""

from typing import Any

from django.contrib import messages as notices
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from harken.agents.middleware import AgentRequest
from harken.desk.inbox.acting import words_of_done
from harken.desk.tags.done import done_by
from harken.desk.tags.forms import TagForm
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.lib.numbers import whole_numbers
from harken.tickets.errors import TicketError
from harken.tickets.models import BulkAction, Tag, Ticket
from harken.tickets.tag_changes import change_tag, drop_tag, put_together
from harken.tickets.tags import make_tag, put_on, take_off


@require_http_methods(["GET", "POST"])
def on_ticket(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns a ticket's tags; POST puts the tag of a `name` on it, or takes off the one whose id is `off`."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    refusal, done = "", None
    if request.method == "GET":
        context = {"number": number, "tags": tags_of(ticket), "refusal": refusal}
        return render(request, "desk/tags/_tags.html", context)
    try:
        done = _change(request, ticket)
    except TicketError as error:
        refusal = str(error)
    if "HX-Request" in request.headers:
        context = {"number": number, "tags": tags_of(ticket), "refusal": refusal, "done": done}
        return render(request, "desk/tags/_tags_done.html", context, status=422 if refusal else 200)
    if refusal:
        notices.error(request, refusal)
    return redirect("desk:ticket", workspace=request.workspace.slug, number=number)


@require_safe
def known(request: AgentRequest) -> HttpResponse:
    """GET returns the tags there are, as choices of a field."""
    names = Tag.objects.visible_to(request.agent).by_name().values_list("name", flat=True)
    return render(request, "desk/tags/_known.html", {"names": names})


@require_http_methods(["GET", "POST"])
def settings(request: AgentRequest) -> HttpResponse:
    """GET lists the tags, with the way back of what was `done` last; POST makes one."""
    form = TagForm(request.POST if request.method == "POST" else None, current={})
    if form.is_valid():
        tag = make_tag(form.cleaned_data["name"], by=request.agent, colour=form.cleaned_data["colour"])
        notices.success(request, _("“%(name)s” is there.") % {"name": tag.name})
        return redirect("desk:tags", workspace=request.workspace.slug)
    return _listed(request, form, status=422 if form.is_bound else 200)


@require_POST
def one(request: AgentRequest, tag_id: int) -> HttpResponse:
    """POST changes a tag: its name and colour, or puts it together `into` another, or drops it."""
    tag = get_object_or_404(Tag.objects.visible_to(request.agent), pk=tag_id)
    if "drop" not in request.POST and not request.POST.get("into"):
        return _changed(request, tag)
    try:
        event = drop_tag(tag, by=request.agent) if "drop" in request.POST else _put_together(request, tag)
    except TicketError as error:
        notices.error(request, str(error))
        return _to_list(request)
    return _to_list(request, event)


def tags_of(ticket: Ticket) -> list[Tag]:
    """Return the tags of a ticket, by name."""
    return list(ticket.tags.order_by("name"))


@transaction.atomic
def _change(request: AgentRequest, ticket: Ticket) -> Done | None:
    off, acts = request.POST.get("off", ""), BulkAction.Act
    if not off:
        tag = make_tag(request.POST.get("name", ""), by=request.agent)
        return Done.by(put_on(ticket, tag, by=request.agent), words_of_done(acts.TAG, 1))
    if known_tag := _numbered(request, off):
        return Done.by(take_off(ticket, known_tag, by=request.agent), words_of_done(acts.UNTAG, 1))
    return None


def _numbered(request: AgentRequest, text: str) -> Tag | None:
    return Tag.objects.visible_to(request.agent).filter(pk__in=whole_numbers([text])).first()


def _put_together(request: AgentRequest, tag: Tag) -> Event:
    into = _numbered(request, request.POST["into"])
    if into is None or into == tag:
        raise Http404
    return put_together(tag, into=into, by=request.agent)


def _changed(request: AgentRequest, tag: Tag) -> HttpResponse:
    form = _form_of(tag, request.POST)
    if form.is_valid():
        try:
            return _to_list(request, change_tag(tag, by=request.agent, **form.cleaned_data))
        except TicketError as error:
            form.add_error("name", str(error))
    status = 409 if form.missed else 422
    return _listed(request, TagForm(current={}), status=status, refused=tag.pk, typed=form)


def _to_list(request: AgentRequest, event: Event | None = None) -> HttpResponseRedirect:
    address = reverse("desk:tags", kwargs={"workspace": request.workspace.slug})
    return redirect(f"{address}?done={event.pk}" if event else address)


def _form_of(tag: Tag, typed: QueryDict | None = None) -> TagForm:
    return TagForm(typed, current={"name": tag.name, "colour": tag.colour})


def _listed(request: AgentRequest, form: TagForm, *, status: int, **refused: Any) -> HttpResponse:
    counted = Tag.objects.visible_to(request.agent).annotate(count=Count("tickets")).by_name()
    tags: list[Any] = list(counted)
    for tag in tags:
        tag.form = _form_of(tag)
    context = {
        "form": form,
        "tags": tags,
        "colours": Tag.Colour.choices,
        "done": done_by(request.agent, request.GET.get("done", "")),
    }
    context |= {"refused": None} | refused
    return render(request, "desk/tags/settings.html", context, status=status)

"""What can still be done about an answer that has not left, and forwarding."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from harken.agents.middleware import AgentRequest
from harken.channels.leaving.take_back import take_back
from harken.desk.composing.composer import composer_for
from harken.desk.composing.written import forms_of
from harken.desk.conversation import Head
from harken.desk.following import CUSTOM, LATER, NOT_SENT, clock_field, day_field, moment_in
from harken.desk.forms import mistakes_in
from harken.desk.inbox.pages import render_here
from harken.desk.states.answers import address_of, back_to, load, refuse, ticket_of
from harken.desk.states.standing import Refused
from harken.desk.thread import thread_of
from harken.lib.numbers import DIGITS_OF_POSITION, whole_number
from harken.tickets.errors import LeftAlready, TicketError
from harken.tickets.forwarding import begin_forward, can_be_forwarded, said_on
from harken.tickets.models import Draft, Message, Ticket, Words
from harken.tickets.schedule import cancel, put_off, send_now
from harken.ui.forms import OUTDATED, Form


class LaterForm(Form):
    """When something shall leave instead: a day and a time of day."""

    day = day_field(NOT_SENT)
    clock = clock_field(NOT_SENT)

    def clean(self) -> dict[str, object]:
        """Find the moment that was meant."""
        given = super().clean() or {}
        if not self.errors:
            given["at"] = moment_in(f"{LATER}-{CUSTOM}", given["day"], given["clock"])
        return given


@require_POST
def taking_back(request: AgentRequest, message_id: int) -> HttpResponse:
    """POST takes back an answer of one's own before it leaves: its words stand in the composer again.

    With `away` the page may show another request by now, and is led to this one.
    """
    mine = Message.objects.visible_to(request.agent).filter(author_agent=request.agent)
    message = get_object_or_404(mine.select_related("ticket"), pk=message_id)
    ticket = message.ticket
    try:
        draft = take_back(message, by=request.agent)
    except LeftAlready as error:
        return refuse(request, ticket, error)
    if draft.ticket is None:
        return _to_letter(request, draft)
    ticket.refresh_from_db()
    if "HX-Request" not in request.headers:
        return redirect(f"{address_of(request, ticket)}#composer-{ticket.number}")
    if "away" in request.GET:
        return load(request, ticket, f"#composer-{ticket.number}")
    return _with_composer(request, ticket)


@require_POST
def scheduled(request: AgentRequest, scheduled_id: int) -> HttpResponse:
    """POST sends it `now`, lets it leave at another time (`change`), or makes it a draft again (`cancel`)."""
    found = Draft.objects.visible_to(request.agent).scheduled().select_related("ticket")
    draft = get_object_or_404(found, pk=scheduled_id)
    try:
        message = _act(request, draft, request.POST.get("act", ""))
    except TicketError as error:
        if draft.ticket:
            return refuse(request, draft.ticket, error)
        notices.error(request, str(error))
        return _to_letters(request)
    if draft.ticket is None:
        return back_to(request, message.ticket) if message else _after_letter(request, draft)
    draft.ticket.refresh_from_db()
    if "HX-Request" in request.headers:
        return _with_composer(request, draft.ticket)
    return back_to(request, draft.ticket)


@require_POST
def forward(request: AgentRequest, message_id: int) -> HttpResponse:
    """POST makes one's draft a forward of a message, with `all` of everything that was said."""
    message = get_object_or_404(
        Message.objects.visible_to(request.agent).select_related(
            "ticket__workspace", "author_agent__user", "author_contact"
        ),
        pk=message_id,
    )
    messages = said_on(message.ticket) if "all" in request.POST else [message]
    return _forward(request, message.ticket, messages)


@require_POST
def forward_last(request: AgentRequest, number: int) -> HttpResponse:
    """POST makes what stands in the composer a forward of what the customer wrote last."""
    ticket = ticket_of(request, number)
    last = [each for each in said_on(ticket) if each.kind == Message.Kind.CONTACT][-1:]
    return _forward(request, ticket, last or said_on(ticket)[-1:])


def _to_letter(request: AgentRequest, draft: Draft) -> HttpResponse:
    address = reverse("desk:new_request", kwargs={"workspace": request.workspace.slug})
    address = f"{address}?letter={draft.key}"
    return HttpResponseClientRedirect(address) if "HX-Request" in request.headers else redirect(address)


def _after_letter(request: AgentRequest, draft: Draft) -> HttpResponse:
    """Lead to one's own letter where it is a draft again, else to what leaves by itself."""
    mine = Draft.objects.visible_to(request.agent).being_written().filter(pk=draft.pk).first()
    return _to_letter(request, mine) if mine else _to_letters(request)


def _to_letters(request: AgentRequest) -> HttpResponse:
    return redirect("desk:new_request", workspace=request.workspace.slug)


def _act(request: AgentRequest, draft: Draft, act: str) -> Message | None:
    """Do with it what was asked for; return the message where it was sent."""
    if act == "cancel":
        cancel(draft, by=request.agent)
        return None
    if draft.agent_id != request.agent.pk:
        raise Refused(_("Nothing was changed: only whoever wrote it can do that. You can stop it."))
    if act == "now":
        return send_now(draft)
    if act != "change":
        raise Refused(OUTDATED)
    form = LaterForm(request.POST)
    if not form.is_valid():
        raise Refused(mistakes_in(form))
    put_off(draft, at=form.cleaned_data["at"], by=request.agent)
    return None


def _forward(request: AgentRequest, ticket: Ticket, messages: list[Message]) -> HttpResponse:
    try:
        if not any(map(can_be_forwarded, messages)):
            raise Refused(_("There is nothing here that can be forwarded: notes stay among colleagues."))
        begin_forward(
            ticket, messages, by=request.agent, above=_typed(request), is_plain=request.agent.writes_plain
        )
    except TicketError as error:
        return refuse(request, ticket, error)
    return redirect(f"{address_of(request, ticket)}#composer-{ticket.number}")


def _typed(request: AgentRequest) -> Words | None:
    """What stood in the composer that asked; `None` where nothing did, or something else asked."""
    text, html = forms_of(request.POST.get("text", ""), request.POST.get("html", ""))
    return Words(text, html=html) if text.strip() or html else None


def _with_composer(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    """Return the composer with what came back to it, and the thread without that."""
    is_alone = "alone" in request.GET
    context = {"composer": composer_for(ticket, request.agent), "is_alone": is_alone, "is_resumed": True}
    if is_alone:
        return render_here(request, "desk/room/_write.html", context)
    from_position = whole_number(request.GET.get("from", ""), most_digits=DIGITS_OF_POSITION) or 1
    context["thread"] = thread_of(ticket, request.agent, from_position=from_position)
    context["head"] = Head.of(ticket, request.agent)
    return render_here(request, "desk/sending/_came_back.html", context)

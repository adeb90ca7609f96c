"""The pages of those who answer."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.send_again import send_again
from harken.desk import letter
from harken.desk.composing.composer import Composer, composer_for
from harken.desk.composing.sending import Refusal, send_answer
from harken.desk.conversation import Conversation, Head
from harken.desk.inbox.counts import counts_of
from harken.desk.inbox.pages import frame, list_of, query_of, render_here
from harken.desk.presence.views import note_reading, tab_of
from harken.desk.sending.told import Told
from harken.desk.states.answers import fill_in
from harken.desk.thread import Thread, entry_of, readable, thread_of
from harken.desk.undoing import Done
from harken.lib.numbers import DIGITS_OF_POSITION, whole_number
from harken.tickets.errors import NotAnswered, TicketError
from harken.tickets.models import Message, Ticket
from harken.tickets.seen import note_seen


@require_safe
def home(request: AgentRequest) -> HttpResponseRedirect:
    """Send to the inbox where it is switched on: whoever wanted it works there; else to the room."""
    page = "desk:inbox" if request.workspace.has("inbox") else "desk:room"
    return redirect(page, workspace=request.workspace.slug)


@require_safe
def keys(request: AgentRequest) -> HttpResponse:
    """GET shows what each key does: a page of its own, or with `sheet` what stands on the sheet above a page."""
    return render(request, "desk/_keys_sheet.html" if "sheet" in request.GET else "desk/keys.html")


@require_safe
@vary_on_headers("HX-Request")
def ticket(request: AgentRequest, number: int) -> HttpResponse:
    """GET shows the ticket beside the list; to htmx the two panes alone. `4817` leads to the ticket people call so."""
    shown = Ticket.objects.visible_to(request.agent).numbered(number).first()
    if shown is None:
        raise Http404
    if shown.number != number:
        return redirect("desk:ticket", workspace=request.workspace.slug, number=shown.number)
    if shown.current.pk != shown.pk:
        # Merged: both numbers lead to where the messages are.
        return _to(shown.current, request)
    note_reading(request, shown, tab_of(request))
    if "HX-Request" in request.headers:
        opened = Conversation.of(shown, request.agent, at=_position(request, "at"))
        return render_here(
            request, "desk/_opened.html", {"conversation": opened, "counts": counts_of(request)}
        )
    return _whole_page(request, shown, at=_position(request, "at"))


@require_http_methods(["GET", "POST"])
def messages(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns the messages `from` a position on, or those `before` one; POST sends a reply or adds a note."""
    shown = _ticket(request, number)
    if request.method == "POST":
        return _answer(request, shown)
    if (before := _position(request, "before")) is not None:
        if "HX-Request" not in request.headers:
            return _whole_page(request, shown, before=before)
        return render_here(
            request,
            "desk/_lines.html",
            {"thread": thread_of(shown, request.agent, before=before), "head": shown},
        )
    thread = thread_of(shown, request.agent, from_position=_position(request, "from") or 0)
    if "seen" in request.GET:
        note_seen(shown, request.agent, thread.last_position)
    return render_here(
        request, "desk/_refresh.html", {"thread": thread, "head": Head.of(shown, request.agent)}
    )


@require_safe
def composer(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns the composer of a ticket to stand by itself, or below its thread as shown `from` a position on."""
    shown, first = _ticket(request, number), _position(request, "from")
    context = {"composer": composer_for(shown, request.agent), "is_alone": first is None}
    if first is not None:
        context["thread"] = Thread([], first, shown.last_position, earlier=0)
    return render_here(request, "desk/composing/_composer.html", context)


@require_http_methods(["POST", "DELETE"])
def closure(request: AgentRequest, number: int) -> HttpResponse:
    """POST closes the ticket; DELETE, or from a plain form POST with `undo`, reopens it."""
    shown = _ticket(request, number)
    try:
        if request.method == "POST" and "undo" not in request.POST:
            done = Done.by(shown.close(by=request.agent), _("Closed."))
        else:
            done = Done.by(shown.reopen(by=request.agent), _("Reopened."))
    except NotAnswered:
        return fill_in(request, shown, state=Ticket.State.CLOSED)
    except TicketError as error:
        notices.error(request, str(error))
        return HttpResponseClientRefresh() if "HX-Request" in request.headers else _to(shown, request)
    if "HX-Request" not in request.headers:
        return _to(shown, request)
    context = {"head": Head.of(shown, request.agent), "done": done}
    return render_here(request, "desk/inbox/_head_done.html", context)


@require_POST
def deliveries(request: AgentRequest, message_id: int) -> HttpResponse:
    """POST sends again what was not delivered."""
    message = get_object_or_404(
        Message.objects.visible_to(request.agent).select_related("ticket"), pk=message_id
    )
    send_again(message, by=request.agent)
    if "HX-Request" not in request.headers:
        return _to(message.ticket, request)
    return render_here(
        request,
        "desk/_sent_again.html",
        {"message": entry_of(readable(request.agent).get(pk=message_id), request.agent)},
    )


@require_safe
def body(request: AgentRequest, message_id: int) -> HttpResponse:
    """GET returns a message as it was sent, as a document for a sandboxed frame.

    `pictures` lets remote ones in, `all` shows what is folded.
    """
    message = get_object_or_404(Message.objects.visible_to(request.agent), pk=message_id)
    return letter.answer_with(message, letter.Asked.of(request.GET))


def _answer(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    sent = send_answer(request, ticket)
    if "HX-Request" not in request.headers:
        if isinstance(sent, Refusal):
            return _whole_page(request, ticket, sent.composer, status=sent.status)
        return _to(ticket, request)
    if isinstance(sent, Refusal):
        return _refuse(request, ticket, sent)
    ticket.refresh_from_db()
    context = _fresh(request, ticket, composer_for(ticket, request.agent))
    context["told"] = Told.of(sent, ticket, request.agent)
    response = render_here(request, "desk/composing/_answered.html", context)
    # A new form, where a refusal keeps the old one with what is being written in it.
    response["HX-Reswap"] = "outerHTML"
    return response


def _refuse(request: AgentRequest, ticket: Ticket, refusal: Refusal) -> HttpResponse:
    context = _fresh(request, ticket, refusal.composer)
    return render_here(request, "desk/composing/_refused.html", context, status=refusal.status)


def _fresh(request: AgentRequest, ticket: Ticket, composer: Composer) -> dict[str, Any]:
    """Return what changes on an open page after an attempt to send."""
    first = _position(request, "from") or max(ticket.last_position - 1, 1)
    thread = thread_of(ticket, request.agent, from_position=first)
    return {
        "composer": composer,
        "head": Head.of(ticket, request.agent),
        "thread": thread,
        "is_alone": _is_alone(request),
    }


def _is_alone(request: AgentRequest) -> bool:
    """Say whether the composer stands without its thread, as it does in the room."""
    return "alone" in request.GET


def _whole_page(
    request: AgentRequest,
    ticket: Ticket,
    composer: Composer | None = None,
    *,
    before: int | None = None,
    at: int | None = None,
    status: int = 200,
) -> HttpResponse:
    conversation = Conversation.of(ticket, request.agent, composer, before, at)
    if not request.workspace.has("inbox"):
        alone = {"live_cursor": realtime.cursor(), "conversation": conversation}
        return render_here(request, "desk/room/alone.html", alone, status=status)
    page = frame(request) | list_of(request, ticket)
    return render_here(request, "desk/inbox.html", page | {"conversation": conversation}, status=status)


def _ticket(request: AgentRequest, number: int) -> Ticket:
    """Return the ticket, or 404 when it is not there for this agent: no hint which of the two."""
    return get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)


def _to(ticket: Ticket, request: AgentRequest) -> HttpResponseRedirect:
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return HttpResponseRedirect(f"{address}?{query_of(request)}")


def _position(request: AgentRequest, name: str) -> int | None:
    """Return a position from the address; `None` when there is none or it cannot be one."""
    return whole_number(request.GET.get(name, ""), most_digits=DIGITS_OF_POSITION)

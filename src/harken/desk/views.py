"""The pages of those who answer."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from harken import realtime
from harken.agents.middleware import AgentRequest
from harken.channels.held import MOST_IN_A_LIST, letters_to_judge
from harken.channels.send_again import send_again
from harken.desk import letter
from harken.desk.composing.composer import Composer, composer_for
from harken.desk.composing.sending import Refusal, send_answer
from harken.desk.conversation import Conversation, Head
from harken.desk.counts import counts_of
from harken.desk.first_step import address_to_connect
from harken.desk.inbox import VIEWS, find_row, page_of, view_named
from harken.desk.presence.views import note_reading, tab_of
from harken.desk.thread import entry_of, readable, thread_of
from harken.desk.troubles import troubles_shown_to
from harken.tickets.errors import TicketError
from harken.tickets.models import Message, Ticket
from harken.tickets.seen import note_seen
from harken.workspaces.capabilities import needs


@require_safe
def home(request: AgentRequest) -> HttpResponseRedirect:
    """Send to the inbox where it is switched on: whoever wanted it works there; else to the room."""
    page = "desk:inbox" if request.workspace.has("inbox") else "desk:room"
    return redirect(page, workspace=request.workspace.slug)


@needs("inbox")
@require_safe
@vary_on_headers("HX-Request")
def inbox(request: AgentRequest) -> HttpResponse:
    """GET shows a view of the inbox; `before` continues it where a page ended."""
    if "HX-Request" in request.headers:
        return _render(request, "desk/_page.html", _list(request))
    return _render(request, "desk/inbox.html", _page(request))


@needs("inbox")
@require_GET
def held(request: AgentRequest) -> HttpResponse:
    """GET returns the held mail of the inbox as it is now, and the counts."""
    context = {"view": _view(request), "views": VIEWS.values(), "counts": counts_of(request)}
    return _render(request, "desk/_held_news.html", context | _held(request))


@needs("inbox")
@require_GET
def row(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns a ticket's row as it is now, and the counts; `known` says that the page shows it already."""
    view = view_named(request.GET.get("view", ""))
    found = find_row(view, request.agent, number)
    section, shown = found or (None, None)
    context = {"view": view, "views": VIEWS.values(), "counts": counts_of(request), "row": shown}
    response = _render(
        request, "desk/_news.html", context | {"show": section is not None or "known" in request.GET}
    )
    if "known" in request.GET:
        response["HX-Retarget"], response["HX-Reswap"] = f"#row-{number}", "outerMorph"
    elif section is not None:
        # Longest waiting first: what is new in our turn stands last; elsewhere the newest stands first.
        response["HX-Retarget"] = f"#rows-{section.name}"
        response["HX-Reswap"] = "beforeend" if section.upwards else "afterbegin"
    return response


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
        return _render(request, "desk/_opened.html", {"conversation": opened, "counts": counts_of(request)})
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
        return _render(
            request,
            "desk/_lines.html",
            {"thread": thread_of(shown, request.agent, before=before), "head": shown},
        )
    thread = thread_of(shown, request.agent, from_position=_position(request, "from") or 0)
    if "seen" in request.GET:
        note_seen(shown, request.agent, thread.last_position)
    return _render(request, "desk/_refresh.html", {"thread": thread, "head": Head.of(shown, request.agent)})


@require_safe
def composer(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns the composer of a ticket to stand by itself, as under a request in the room."""
    shown = _ticket(request, number)
    context = {"composer": composer_for(shown, request.agent), "is_alone": True}
    return _render(request, "desk/composing/_composer.html", context)


@require_http_methods(["POST", "DELETE"])
def closure(request: AgentRequest, number: int) -> HttpResponse:
    """POST closes the ticket; DELETE, or from a plain form POST with `undo`, reopens it."""
    shown = _ticket(request, number)
    try:
        if request.method == "POST" and "undo" not in request.POST:
            shown.close(by=request.agent)
        else:
            shown.reopen(by=request.agent)
    except TicketError as error:
        notices.error(request, str(error))
        return HttpResponseClientRefresh() if "HX-Request" in request.headers else _to(shown, request)
    if "HX-Request" not in request.headers:
        return _to(shown, request)
    return _render(request, "desk/_head.html", {"head": Head.of(shown, request.agent)})


@require_POST
def deliveries(request: AgentRequest, message_id: int) -> HttpResponse:
    """POST sends again what was not delivered."""
    message = get_object_or_404(
        Message.objects.visible_to(request.agent).select_related("ticket"), pk=message_id
    )
    send_again(message, by=request.agent)
    if "HX-Request" not in request.headers:
        return _to(message.ticket, request)
    return _render(
        request, "desk/_sent_again.html", {"message": entry_of(readable(request.agent).get(pk=message_id))}
    )


@require_safe
def body(request: AgentRequest, message_id: int) -> HttpResponse:
    """GET returns a message as it was sent, as a document for a sandboxed frame.

    `pictures` lets remote ones in, `all` shows what is folded.
    """
    message = get_object_or_404(Message.objects.visible_to(request.agent), pk=message_id)
    return letter.answer_with(message, letter.Asked.of(request.GET))


@require_safe
def troubles(request: AgentRequest) -> HttpResponse:
    """GET returns what keeps mail from coming or going now, for the head of an open inbox."""
    return _render(request, "desk/_troubles.html", {"troubles": troubles_shown_to(request.agent)})


def _answer(request: AgentRequest, ticket: Ticket) -> HttpResponse:
    refusal = send_answer(request, ticket)
    if "HX-Request" not in request.headers:
        if refusal:
            return _whole_page(request, ticket, refusal.composer, status=refusal.status)
        return _to(ticket, request)
    if refusal:
        return _refuse(request, ticket, refusal)
    ticket.refresh_from_db()
    response = _render(
        request, "desk/composing/_answered.html", _fresh(request, ticket, composer_for(ticket, request.agent))
    )
    # A new form, where a refusal keeps the old one with what is being written in it.
    response["HX-Reswap"] = "outerHTML"
    return response


def _refuse(request: AgentRequest, ticket: Ticket, refusal: Refusal) -> HttpResponse:
    context = _fresh(request, ticket, refusal.composer)
    return _render(request, "desk/composing/_refused.html", context, status=refusal.status)


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
        return _render(request, "desk/room/alone.html", alone, status=status)
    page = _page(request)
    return _render(request, "desk/inbox.html", page | {"conversation": conversation}, status=status)


def _page(request: AgentRequest) -> dict[str, Any]:
    # The cursor first: what happens while the page is being made is told to it afterwards.
    live = {"live_cursor": realtime.cursor(), "conversation": None}
    return live | {"troubles": troubles_shown_to(request.agent)} | _list(request)


def _list(request: AgentRequest) -> dict[str, Any]:
    view = _view(request)
    page = page_of(view, request.agent, request.GET.get("before", ""))
    context = {"view": view, "views": VIEWS.values(), "page": page, "counts": counts_of(request)}
    first_step = "" if any(group.rows for group in page.groups) else address_to_connect(request.agent)
    return context | {"first_step": first_step} | _held(request)


def _held(request: AgentRequest) -> dict[str, Any]:
    # Letters that wait for a decision are work like requests; closed ones and those of others are no place for them.
    shown = view_named(request.GET.get("view", "")).shows_held_mail
    count = counts_of(request).held if shown else 0
    return {
        "held_count": count,
        "held_letters": letters_to_judge(request.agent)[:MOST_IN_A_LIST] if count else [],
    }


def _ticket(request: AgentRequest, number: int) -> Ticket:
    """Return the ticket, or 404 when it is not there for this agent: no hint which of the two."""
    return get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)


def _to(ticket: Ticket, request: AgentRequest) -> HttpResponseRedirect:
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": ticket.number})
    return HttpResponseRedirect(f"{address}?{_query(request)}")


def _render(request: AgentRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render with `query`, by which the view that somebody came from travels with every address of a request."""
    return render(request, template, {"query": _query(request)} | context, status=status)


def _query(request: AgentRequest) -> str:
    return f"view={_view(request).name}"


def _view(request: AgentRequest) -> Any:
    return view_named(request.GET.get("view", ""))


def _position(request: AgentRequest, name: str) -> int | None:
    """Return a position from the address; `None` when there is none or it cannot be one."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else None

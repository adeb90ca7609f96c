"""Who is here, who reads a request, and the word of a page that it was closed."""

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from harken.agents.middleware import AgentRequest
from harken.desk.presence.shown import present_for
from harken.tickets import presence
from harken.tickets.models import Ticket


@require_safe
def everybody(request: AgentRequest) -> HttpResponse:
    """GET returns who is here, for the side of an open room."""
    return render(request, "desk/presence/_here.html", {"present": present_for(request.agent)})


@require_http_methods(["GET", "POST"])
def reading(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns who else reads a request; POST says that a page shows it again, or with `closed` no longer."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    if request.method == "GET":
        readers = presence.readers_of(ticket, without=request.agent)
        return render(request, "desk/presence/_readers.html", {"readers": readers})
    if tab := tab_in(request.POST.get("tab", "")):
        if "closed" in request.POST:
            presence.close_tab(tab, by=request.agent)
        else:
            note_reading(request, ticket, tab)
    return HttpResponse(status=204)


def note_reading(request: AgentRequest, ticket: Ticket, tab: UUID) -> None:
    """Note that a page of this reader's browser shows a ticket."""
    browser = presence.browser_of(request.session.session_key)
    presence.read(ticket, by=request.agent, browser=browser, tab=tab)


def tab_of(request: AgentRequest) -> UUID:
    """Return the name that the page of this request goes by; a new page is given one, for its template to say."""
    known = vars(request)
    if "tab" not in known:
        known["tab"] = tab_in(request.headers.get("Harken-Tab", "")) or uuid4()
    tab: UUID = known["tab"]
    return tab


def tab_in(name: str) -> UUID | None:
    """Return the name that a page goes by; `None` for what cannot be one."""
    try:
        return UUID(name)
    except ValueError:
        return None

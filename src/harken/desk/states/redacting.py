"""The page on which words are taken away for good: it asks first, and says what else repeats them."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.desk.states.answers import address_of
from harken.lib.numbers import whole_numbers
from harken.lib.text import clean, preview
from harken.tickets.errors import RedactedAlready, TicketError
from harken.tickets.models import Message
from harken.tickets.redact import drafts_quoting, quoting, redact, repeats


@dataclass(frozen=True)
class Repeating:
    """Another message that has the words; `as_own` says that they stand among what its writer wrote."""

    message: Message
    words: str
    as_own: bool


@require_http_methods(["GET", "POST"])
def redacting(request: AgentRequest, message_id: int) -> HttpResponse:
    """GET shows what would be gone; POST takes it away, when the reason is said."""
    rows = Message.objects.visible_to(request.agent).select_related(
        "ticket", "author_agent__user", "author_contact"
    )
    message = get_object_or_404(rows, pk=message_id)
    if request.method == "GET":
        refusal = str(RedactedAlready()) if message.is_redacted else ""
        return _page(request, message, refusal)
    try:
        redact(
            message,
            by=request.agent,
            why=clean(request.POST.get("why", "")),
            quotes=rows.filter(
                ticket=message.ticket_id, pk__in=whole_numbers(request.POST.getlist("quotes"))
            ),
            drafts="drafts" in request.POST,
            subject="subject" in request.POST,
        )
    except TicketError as error:
        return _page(request, message, str(error))
    return HttpResponseRedirect(f"{address_of(request, message.ticket)}#message-{message.pk}")


def _page(request: AgentRequest, message: Message, refusal: str = "") -> HttpResponse:
    found = [] if message.is_redacted else quoting(message)
    context = {
        "message": message,
        "ticket": message.ticket,
        "words": preview(message.visible_text or message.text),
        "files": message.attachments.count(),
        "repeating": [Repeating(each, preview(each.text), repeats(each, message)) for each in found],
        "drafts": 0 if message.is_redacted else len(drafts_quoting(message)),
        "typed": request.POST,
        "refusal": refusal,
        "back": f"{address_of(request, message.ticket)}#message-{message.pk}",
    }
    return render(request, "desk/states/redacting.html", context, status=422 if request.POST else 200)

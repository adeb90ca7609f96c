"""Saved replies in the composer: those that fit what is typed behind a slash, one filled in, the text kept as one."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.automations.errors import AutomationsError
from harken.automations.finding import replies_for
from harken.automations.models import SavedReply
from harken.automations.placeholders import About, fill
from harken.automations.saved_replies import Wording, keep_reply, note_use
from harken.contacts.models import Identity
from harken.lib.addresses import normalise, parse
from harken.lib.text import one_line
from harken.tickets.models import Ticket
from harken.tickets.models.ticket import SUBJECT_LETTERS

PEEK_LETTERS = 120


@require_http_methods(["GET", "POST"])
def choices(request: AgentRequest) -> HttpResponse:
    """GET returns the replies that fit `q` as choices of a list; POST keeps what was written as one more, as JSON."""
    if request.method == "POST":
        return _keep(request)
    found = replies_for(request.agent, request.GET.get("q", ""))
    shown = [{"reply": each, "peek": " ".join(each.text.split())[:PEEK_LETTERS]} for each in found]
    return render(request, "desk/replies/_choices.html", {"found": shown})


@require_POST
def uses(request: AgentRequest, reply_id: int) -> HttpResponse:
    """POST fills one in for the request of a `number`, or a letter `to` somebody; returns both forms as JSON."""
    reply = get_object_or_404(SavedReply.objects.visible_to(request.agent).kept(), pk=reply_id)
    filled = fill(reply.text, reply.html, about=_about(request), by=request.agent)
    note_use(reply)
    return JsonResponse({"text": filled.text, "html": filled.html, "missing": filled.missing})


def _about(request: AgentRequest) -> About:
    typed = request.POST.get("number", "")
    if not typed:
        return _about_letter(request)
    number = int(typed) if typed.isdecimal() and len(typed) < 19 else 0
    tickets = Ticket.objects.visible_to(request.agent).select_related("requester", "company")
    return About.of(get_object_or_404(tickets, number=number))


def _about_letter(request: AgentRequest) -> About:
    subject = one_line(request.POST.get("subject", ""), SUBJECT_LETTERS)
    first = next(iter(parse(request.POST.get("to", ""))), None)
    address = normalise(first.email) if first else ""
    known = Identity.objects.filter(workspace=request.workspace, kind=Identity.Kind.EMAIL, address=address)
    identity = known.select_related("contact__company").first()
    if identity is None:
        return About(subject=subject)
    return About(identity.contact, identity.contact.company, subject=subject)


def _keep(request: AgentRequest) -> HttpResponse:
    typed = request.POST
    wording = Wording(
        name=typed.get("name", ""),
        text=typed.get("text", ""),
        html=typed.get("html", ""),
        is_shared=bool(typed.get("is_shared")),
    )
    try:
        reply = keep_reply(wording, by=request.agent)
    except AutomationsError as error:
        return JsonResponse({"problem": str(error)}, status=422)
    return JsonResponse({"id": reply.pk, "name": reply.name}, status=201)

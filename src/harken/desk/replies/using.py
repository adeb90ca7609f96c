"""Saved replies in the composer: those that fit what is typed behind a slash, one filled in, the text kept as one."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.automations.errors import AutomationsError
from harken.automations.finding import replies_for
from harken.automations.languages import Said, name_of, text_in, texts_of
from harken.automations.models import SavedReply
from harken.automations.placeholders import fill
from harken.automations.saved_replies import Wording, keep_reply, note_use
from harken.desk.composing.drafts import FileShown
from harken.desk.replies.about import about_typed, key_typed, place_typed, spoken_by_customer
from harken.tickets.draft_files import bring_to_draft
from harken.tickets.errors import TicketError

PEEK_LETTERS = 120


@require_http_methods(["GET", "POST"])
def choices(request: AgentRequest) -> HttpResponse:
    """GET returns the replies that fit `q` as choices of a list; POST keeps what was written as one more, as JSON."""
    if request.method == "POST":
        return _keep(request)
    found = replies_for(request.agent, request.GET.get("q", ""))
    language = spoken_by_customer(request.agent, request.GET) if found else ""
    shown = [
        {
            "reply": each,
            "files": len(each.files.all()),
            "texts": [_offered(said) for said in texts_of(each, language)],
        }
        for each in found
    ]
    return render(request, "desk/replies/_choices.html", {"found": shown})


@require_POST
def uses(request: AgentRequest, reply_id: int) -> HttpResponse:
    """POST fills one in for the request of a `number`, or a letter `to` somebody; returns both forms as JSON.

    Its files are put beside the draft at once, and come back as `files`; `problem` says why one could not be.
    """
    reply = get_object_or_404(SavedReply.objects.visible_to(request.agent).kept(), pk=reply_id)
    said = text_in(reply, request.POST.get("language", ""))
    filled = fill(said.text, said.html, about=about_typed(request.agent, request.POST), by=request.agent)
    files, problem = _brought_along(request, reply)
    note_use(reply)
    words = {"text": filled.text, "html": filled.html, "missing": filled.missing}
    return JsonResponse(words | {"files": files, "problem": problem})


def _offered(said: Said) -> dict[str, str]:
    return {
        "language": said.language,
        "name": name_of(said.language) if said.language else "",
        "peek": " ".join(said.text.split())[:PEEK_LETTERS],
    }


def _brought_along(request: AgentRequest, reply: SavedReply) -> tuple[list[dict[str, Any]], str]:
    """Put the files of a reply beside the draft it is used in; return them, and why one could not be."""
    place = place_typed(request.agent, request.POST)
    brought: list[dict[str, Any]] = []
    if place is None:
        return brought, ""
    try:
        for each in reply.files.select_related("file"):
            attached = bring_to_draft(
                place, request.agent, each.file, key=key_typed(request.POST.get("key", ""))
            )
            draft = attached.draft
            about = {"draft": draft.pk, "version": draft.version, "key": str(draft.key)}
            brought.append(vars(FileShown.of(attached)) | about)
    except TicketError as error:
        return brought, str(error)
    return brought, ""


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

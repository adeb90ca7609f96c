"""Files of a draft: uploaded while the answer is being written."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.composing.drafts import FileShown
from harken.files.keep import keep
from harken.files.media_types import picture_type
from harken.tickets.draft_files import attach_to_draft
from harken.tickets.drafts import Place, draft_of
from harken.tickets.errors import TicketError
from harken.tickets.models import Draft, DraftFile, Ticket


@require_POST
def draft_files(request: AgentRequest, number: int) -> HttpResponse:
    """POST attaches one file to one's draft, `inline` as a picture of its text; returns it as JSON."""
    return attach_file(request, get_object_or_404(Ticket.objects.visible_to(request.agent), number=number))


@require_http_methods(["DELETE"])
def draft_file(request: AgentRequest, number: int, file_id: int) -> HttpResponse:
    """DELETE takes a file off one's draft; what is off already is no mistake."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    return take_file_off(request, draft_of(ticket, request.agent), file_id)


def attach_file(request: AgentRequest, place: Place) -> HttpResponse:
    """Attach the file of a request to the draft at a place; answer with JSON."""
    file = request.FILES.get("file")
    if file is None:
        return _refusal(_("Nothing was attached: no file arrived. Try it again."))
    is_picture = picture_type(file.read(12)) is not None
    file.seek(0)
    if "inline" in request.POST and not is_picture:
        return _refusal(_("Not shown in the text: this is no picture that every mail program draws."))
    try:
        attached = attach_to_draft(
            place,
            request.agent,
            file.size or 0,
            lambda: keep(request.workspace, file.name or "", file.content_type or "", file.read()),
            is_inline="inline" in request.POST,
            key=_key(request.POST.get("key", "")),
        )
    except TicketError as error:
        return _refusal(str(error))
    draft = attached.draft
    about = {"draft": draft.pk, "version": draft.version, "key": str(draft.key)}
    return JsonResponse(vars(FileShown.of(attached)) | about, status=201)


def take_file_off(request: AgentRequest, draft: Draft | None, file_id: int) -> HttpResponse:
    """Take a file off a draft, if both are there still."""
    DraftFile.objects.visible_to(request.agent).filter(draft=draft, pk=file_id).delete()
    return HttpResponse(status=204)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _refusal(words: str) -> JsonResponse:
    return JsonResponse({"problem": words}, status=422)

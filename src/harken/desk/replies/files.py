"""The settings pages of saved replies: files that come along with one."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.automations.enclosing import enclose, take_out
from harken.automations.errors import AutomationsError
from harken.desk.replies.settings import reply_of


@require_POST
def reply_files(request: AgentRequest, reply_id: int) -> HttpResponse:
    """POST attaches files to a saved reply, those that fit."""
    reply = reply_of(request, reply_id, is_kept=True)
    for file in request.FILES.getlist("files"):
        try:
            enclose(reply, file.name or "", file.content_type or "", file.read(), by=request.agent)
        except AutomationsError as error:
            notices.error(request, str(error))
    if not request.FILES:
        notices.error(request, _("Nothing was attached: choose a file first."))
    return redirect("desk:saved_reply", workspace=request.workspace.slug, reply_id=reply.pk)


@require_POST
def reply_file(request: AgentRequest, reply_id: int, file_id: int) -> HttpResponse:
    """POST takes a file off a saved reply."""
    reply = reply_of(request, reply_id, is_kept=True)
    take_out(reply, file_id, by=request.agent)
    return redirect("desk:saved_reply", workspace=request.workspace.slug, reply_id=reply.pk)

"""The first page of the settings, the workspace's name and language, and what is switched on."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from harken.agents.middleware import AgentRequest
from harken.desk.settings.changing import change, changed_by, switch
from harken.desk.settings.forms import WorkspaceForm
from harken.lib.text import clean
from harken.ui.navigation import settings_groups
from harken.workspaces.capabilities import UnknownCapability, all_of_them
from harken.workspaces.errors import AddressTaken

LONGEST_QUESTION = 100
FIELDS = ("name", "slug", "language", "time_zone")
UNDO_SECONDS = "own_undo_seconds"


@require_safe
def overview(request: AgentRequest) -> HttpResponse:
    """Every settings page in its group, or those where the words of `q` occur."""
    asked = clean(request.GET.get("q", "")[:LONGEST_QUESTION]).strip()
    context = {"groups": settings_groups(request, asked), "asked": asked}
    return render(request, "desk/settings/overview.html", context)


@require_http_methods(["GET", "POST"])
def workspace(request: AgentRequest) -> HttpResponse:
    """The workspace's name, address, language and zone; POST changes them."""
    owners_only(request)
    current = {name: getattr(request.workspace, name) for name in FIELDS}
    current[UNDO_SECONDS] = request.workspace.undo_seconds
    form = WorkspaceForm(request.POST if request.method == "POST" else None, current=current)
    if form.is_valid() and _changed(request, form):
        messages.success(request, _("Saved."))
        return redirect("desk:workspace", request.workspace.slug)
    context = {"form": form, "changed_by": changed_by(request.agent) if form.missed else ""}
    return render(request, "desk/settings/workspace.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def capabilities(request: AgentRequest) -> HttpResponse:
    """What is switched on; POST switches one, by its name and `on`."""
    if request.method == "GET":
        return render(request, "desk/settings/capabilities.html", {"capabilities": all_of_them()})
    owners_only(request)
    try:
        switch(
            request.workspace,
            request.POST.get("capability", ""),
            on=request.POST.get("on") == "yes",
            by=request.agent,
        )
    except UnknownCapability as error:
        raise Http404 from error
    return redirect("desk:capabilities", request.workspace.slug)


def owners_only(request: AgentRequest) -> None:
    """Answer 403 with words to a colleague who is no owner."""
    if not request.agent.is_owner:
        raise PermissionDenied


def _changed(request: AgentRequest, form: WorkspaceForm) -> bool:
    before = request.workspace.slug
    given = dict(form.cleaned_data)
    if given[UNDO_SECONDS] in (None, request.workspace.undo_seconds):
        # Nobody chose: what the installation says goes on counting.
        del given[UNDO_SECONDS]
    try:
        change(request.workspace, by=request.agent, **given)
    except AddressTaken as refusal:
        request.workspace.slug = before
        form.add_error("slug", refusal.sentence)
        return False
    return True

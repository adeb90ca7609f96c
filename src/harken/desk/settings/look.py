"""The workspace's logo and accent: where they are chosen, and where pages fetch them from."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from harken.agents.middleware import AgentRequest
from harken.desk.settings.changing import AnotherLogo, change, changed_by, show_as_logo
from harken.desk.settings.forms import AccentForm, LogoForm
from harken.desk.settings.views import owners_only
from harken.ui.accent import readable, style_of

# Their addresses name what they hold: another colour or picture has another address.
KEPT = "private, max-age=31536000, immutable"


@require_http_methods(["GET", "POST"])
def look(request: AgentRequest) -> HttpResponse:
    """The logo and the accent; POST sets the accent."""
    owners_only(request)
    form = AccentForm(
        request.POST if request.method == "POST" else None, current={"accent": request.workspace.accent}
    )
    if not form.is_valid():
        return _page(request, form, LogoForm())
    chosen = form.cleaned_data["accent"]
    change(request.workspace, by=request.agent, accent=chosen)
    messages.success(request, _saved(chosen))
    return redirect("desk:look", request.workspace.slug)


@require_POST
def logo(request: AgentRequest) -> HttpResponse:
    """Take a picture as the workspace's own, or take it away."""
    owners_only(request)
    form = LogoForm(request.POST, request.FILES)
    if "remove" in request.POST:
        content, media_type = b"", ""
    elif form.is_valid():
        content, media_type = form.cleaned_data["logo"]
    else:
        return _page(request, AccentForm(current={"accent": request.workspace.accent}), form)
    try:
        show_as_logo(request.workspace, content, media_type, by=request.agent, seen=request.POST.get("seen"))
    except AnotherLogo:
        accent_form = AccentForm(current={"accent": request.workspace.accent})
        return _page(request, accent_form, LogoForm(), logo_changed_by=changed_by(request.agent))
    messages.success(request, _("Saved."))
    return redirect("desk:look", request.workspace.slug)


@require_safe
def accent(request: AgentRequest, accent: str) -> HttpResponse:
    """The style sheet that makes pages wear the workspace's colour."""
    if f"#{accent}" != request.workspace.accent:
        raise Http404
    return HttpResponse(
        style_of(request.workspace.accent),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": KEPT},
    )


@require_safe
def picture(request: AgentRequest, digest: str) -> HttpResponse:
    """The workspace's picture, by the name of its bytes."""
    picture = request.workspace.picture() if digest == request.workspace.logo and digest else None
    if picture is None:
        raise Http404
    headers = {"Cache-Control": KEPT, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return HttpResponse(bytes(picture.content), content_type=picture.media_type, headers=headers)


def _saved(chosen: str) -> str:
    used = readable(chosen) if chosen else ""
    if used == chosen:
        return _("Saved.")
    return _("Saved, a little darker than you chose, so that everybody can read it: %(colour)s") % {
        "colour": used
    }


def _page(
    request: AgentRequest, form: AccentForm, logo_form: LogoForm, *, logo_changed_by: str | None = None
) -> HttpResponse:
    is_refused = form.is_bound or logo_form.is_bound or logo_changed_by is not None
    context = {
        "form": form,
        "logo_form": logo_form,
        "changed_by": changed_by(request.agent) if form.missed else "",
        "logo_changed_by": logo_changed_by,
    }
    return render(request, "desk/settings/look.html", context, status=422 if is_refused else 200)

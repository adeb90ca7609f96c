"""Settings of a mailbox whose provider lets this desk in without a password (OAuth2)."""

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.channels.mailboxes.forms import GrantForm
from harken.channels.mailboxes.granting import give, register, return_address, way_there
from harken.channels.mailboxes.views import mailbox_of, owners_only
from harken.channels.models import Grant, Mailbox
from harken.channels.problems import Problem

# What a browser that went to a provider brings back is compared with this, and used once.
UNDER_WAY = "mailbox-sign-in"


@require_http_methods(["GET", "POST"])
def sign_in(request: AgentRequest, channel_id: int) -> HttpResponse:
    """This desk's registration at the provider, and the way there; POST keeps the registration."""
    mailbox = mailbox_of(request, channel_id)
    form = GrantForm(request.POST or None, instance=_grant(mailbox))
    if request.method == "POST" and form.is_valid():
        register(form.save(commit=False), is_other=form.is_other)
        return redirect("channels:sign_in", workspace=request.workspace.slug, channel_id=channel_id)
    context = {"form": form, "mailbox": mailbox, "grant": form.instance}
    context["return_address"] = return_address(request.workspace)
    return render(request, "channels/sign_in.html", context, status=422 if form.errors else 200)


@require_GET
def begin(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Send the browser to the provider, with a state and a verifier that only this session knows."""
    found = _grant(mailbox_of(request, channel_id))
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    try:
        page = way_there(found, state=state, verifier=verifier) if found.pk else ""
    except Problem as problem:
        messages.error(request, str(problem))
        page = ""
    if not page:
        return redirect("channels:sign_in", workspace=request.workspace.slug, channel_id=channel_id)
    request.session[UNDER_WAY] = {"state": state, "verifier": verifier, "channel": channel_id}
    return redirect(page)


@require_GET
def signed_in(request: AgentRequest) -> HttpResponse:
    """Where the provider sends the browser back to: with a code, or with its refusal."""
    owners_only(request)
    begun = request.session.pop(UNDER_WAY, None)
    if not begun or not constant_time_compare(begun["state"], request.GET.get("state", "")):
        messages.error(
            request,
            _("This answer belongs to no sign-in that was begun here. Nothing was changed; begin again."),
        )
        return redirect("channels:channels", workspace=request.workspace.slug)
    _finish(request, _grant(mailbox_of(request, begun["channel"])), begun["verifier"])
    return redirect("channels:sign_in", workspace=request.workspace.slug, channel_id=begun["channel"])


@require_POST
def grant(request: AgentRequest, channel_id: int) -> HttpResponse:
    """Give the provider's leave up: the mailbox is opened by its password again."""
    mailbox = mailbox_of(request, channel_id)
    Grant.objects.filter(mailbox=mailbox).delete()
    messages.success(request, _("The mailbox is opened by its password again: enter it here."))
    return redirect("channels:mailbox", workspace=request.workspace.slug, channel_id=channel_id)


def _finish(request: AgentRequest, found: Grant, verifier: str) -> None:
    code = request.GET.get("code", "")
    if not code:
        words = request.GET.get("error_description") or request.GET.get("error", "")
        messages.error(request, _("The provider did not agree: %(words)s") % {"words": words[:300]})
        return
    try:
        give(found, code=code, verifier=verifier)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Signed in. The mailbox is used without a password from now on."))


def _grant(mailbox: Mailbox) -> Grant:
    found: Grant | None = getattr(mailbox, "grant", None)
    return found or Grant(workspace=mailbox.workspace, mailbox=mailbox)

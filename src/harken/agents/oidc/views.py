"""To a workspace's provider, back from it, and the page where owners set it up."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from harken.agents.errors import SignInOutdated, SignInRefused
from harken.agents.middleware import AgentRequest
from harken.agents.models import Provider, User
from harken.agents.next_page import next_page
from harken.agents.oidc import flow
from harken.agents.oidc.forms import FIELDS, ProviderForm, RuleForm
from harken.agents.oidc.recognise import recognise
from harken.agents.reach import is_limited, limit
from harken.events.record import record
from harken.workspaces.models import Workspace


def _worded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Show why somebody is not let in, and where else to go."""

    @never_cache
    @require_safe
    @wraps(view)
    def told(request: HttpRequest, **values: Any) -> HttpResponse:
        if not ratelimit.consume(request, action="oidc"):
            return ratelimit.respond_429(request)
        try:
            return view(request, **values)
        except SignInRefused as refusal:
            return render(request, "agents/oidc_refused.html", {"refusal": refusal}, status=refusal.status)

    return told


@_worded
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the provider of the workspace with this address."""
    workspace = Workspace.objects.named(slug).first()
    provider = Provider.on_for(workspace) if workspace else None
    if provider is None:
        raise Http404
    then = next_page(request) or provider.workspace.path
    return redirect(flow.begin(request.session, provider, then=then))


@_worded
def back(request: HttpRequest, workspace_id: int) -> HttpResponse:
    """Come back from the provider, and in."""
    asked = flow.asked_before(request.session, workspace_id, request.GET)
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    provider = Provider.on_for(workspace) if workspace else None
    if provider is None:
        raise SignInOutdated
    agent = recognise(provider, flow.prove(provider, asked, request.GET))
    if request.user != agent.user or is_limited(request.session):
        _sign_in(request, agent.user, provider.workspace)
    return redirect(asked["then"])


def _sign_in(request: HttpRequest, user: User, workspace: Workspace) -> None:
    request.session.flush()
    login(request, user)
    limit(request.session, workspace)


@require_http_methods(["GET", "POST"])
def settings(request: AgentRequest) -> HttpResponse:
    """The rule about a second key, and the workspace's provider; POST sets the provider up."""
    _owners_only(request)
    provider = _provider(request)
    form = _provider_form(provider, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, _rule_form(request))
    form.fill(provider).keep(by=request.agent)
    messages.success(request, _("Saved."))
    return redirect("agents:sign_in_settings", request.workspace.slug)


@require_POST
def rule(request: AgentRequest) -> HttpResponse:
    """Ask everybody for a second key from now on, or no more."""
    _owners_only(request)
    form = _rule_form(request, request.POST)
    if not form.is_valid():
        return _page(request, _provider_form(_provider(request)), form)
    with transaction.atomic():
        request.workspace.ask_for_second_factor(form.cleaned_data["requires_second_factor"])
        record("workspace.changed", request.workspace, by=request.agent, fields=["requires_second_factor"])
    return redirect("agents:sign_in_settings", request.workspace.slug)


def _provider(request: AgentRequest) -> Provider:
    found = Provider.objects.visible_to(request.agent).select_related("workspace").first()
    return found or Provider(workspace=request.workspace)


def _provider_form(provider: Provider, data: Any = None) -> ProviderForm:
    return ProviderForm(data, current={name: getattr(provider, name) for name in FIELDS})


def _rule_form(request: AgentRequest, data: Any = None) -> RuleForm:
    current = {"requires_second_factor": request.workspace.requires_second_factor}
    return RuleForm(data, current=current)


def _page(request: AgentRequest, form: ProviderForm, rule_form: RuleForm) -> HttpResponse:
    is_refused = form.is_bound or rule_form.is_bound
    context = {
        "form": form,
        "rule_form": rule_form,
        "changed_by": "",
        "return_address": flow.return_address(request.workspace),
        "begin_address": flow.begin_address(request.workspace),
        "has_secret": bool(_provider(request).client_secret),
    }
    return render(request, "agents/sign_in_settings.html", context, status=422 if is_refused else 200)


def _owners_only(request: AgentRequest) -> None:
    if not request.agent.is_owner:
        raise PermissionDenied

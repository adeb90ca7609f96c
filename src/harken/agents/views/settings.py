"""People's pages in a workspace's settings: who is here, and oneself."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents import joining, links
from harken.agents.errors import AlreadyHere, LastOwner
from harken.agents.forms import HabitsForm, InvitationForm, ProfileForm
from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent, OneTimeLink, Provider, ProviderAccount, memberships
from harken.agents.oidc.unlink import unlink
from harken.agents.reach import is_limited


@require_http_methods(["GET", "POST"])
def colleagues(request: AgentRequest) -> HttpResponse:
    """The list; POST invites somebody and shows the link this once."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _list(request, form)
    _owners_only(request)
    link = _invite(request.agent, form) if form.is_valid() else ""
    if not link:
        return _list(request, form, status=422)
    return _list(request, InvitationForm(), link=link, invited=form.cleaned_data["email"])


@require_POST
def withdrawal(request: AgentRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    _owners_only(request)
    invitation = get_object_or_404(
        OneTimeLink.objects.visible_to(request.agent).invitations(), pk=invitation_id
    )
    links.withdraw_invitation(request.workspace.pk, invitation.email)
    return redirect("agents:colleagues", request.workspace.slug)


@require_POST
def departure(request: AgentRequest, agent_id: int) -> HttpResponse:
    """Shut the workspace to a colleague."""
    _owners_only(request)
    agent = get_object_or_404(Agent.objects.visible_to(request.agent).active(), pk=agent_id)
    try:
        agent.deactivate(by=request.agent)
    except LastOwner as refusal:
        return _list(request, InvitationForm(), refusal=refusal, status=422)
    return redirect("agents:colleagues", request.workspace.slug)


@require_POST
def ownership(request: AgentRequest, agent_id: int) -> HttpResponse:
    """Let a colleague decide, too, who is here."""
    _owners_only(request)
    get_object_or_404(Agent.objects.visible_to(request.agent).active(), pk=agent_id).make_owner(
        by=request.agent
    )
    return redirect("agents:colleagues", request.workspace.slug)


@require_POST
def unlinking(request: AgentRequest, agent_id: int) -> HttpResponse:
    """Let a colleague's account at the workspace's provider be theirs no more."""
    _owners_only(request)
    agent = get_object_or_404(Agent.objects.visible_to(request.agent).active(), pk=agent_id)
    if unlink(agent, by=request.agent):
        words = _(
            "%(name)s is unlinked. The next account that the service vouches for with this address is theirs."
        )
        messages.success(request, words % {"name": agent.name})
    return redirect("agents:colleagues", request.workspace.slug)


@require_http_methods(["GET", "POST"])
def you(request: AgentRequest) -> HttpResponse:
    """One's own name, signature, language and light."""
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=_profile(request))
    if request.method == "POST" and form.is_valid():
        request.agent.describe(**form.cleaned_data, here_alone=_is_a_guest(request))
        messages.success(request, _("Saved."))
        return redirect("agents:you", request.workspace.slug)
    context = {"form": form, "habits": HabitsForm(initial=_habits(request))}
    return render(request, "agents/you.html", context, status=422 if form.is_bound else 200)


@require_POST
def habits(request: AgentRequest) -> HttpResponse:
    """Change how one's lists and keys behave."""
    form = HabitsForm(request.POST)
    if not form.is_valid():
        profile = ProfileForm(initial=_profile(request))
        return render(request, "agents/you.html", {"form": profile, "habits": form}, status=422)
    request.agent.user.work_by(**form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("agents:you", request.workspace.slug)


def _invite(agent: Agent, form: InvitationForm) -> str:
    try:
        return joining.invite(**form.cleaned_data, by=agent)
    except AlreadyHere as refusal:
        form.add_error("email", refusal.sentence)
        return ""


def _list(
    request: AgentRequest, form: InvitationForm, *, status: int = 200, **context: object
) -> HttpResponse:
    here = Agent.objects.visible_to(request.agent)
    invitations = OneTimeLink.objects.visible_to(request.agent).invitations().shown().open()
    shown = {
        "form": form,
        "agents": here.active().by_name(),
        "invitations": invitations.order_by("email"),
        "can_send": bool(settings.HARKEN_RELAY),
        "link": "",
        "invited": "",
        "refusal": None,
    } | _linked(request)
    return render(request, "agents/colleagues.html", shown | context, status=status)


def _linked(request: AgentRequest) -> dict[str, object]:
    """Who signs in by the workspace's provider, and what that is called; it is the owners' business."""
    accounts = ProviderAccount.objects.visible_to(request.agent) if request.agent.is_owner else ()
    linked = {account.agent_id for account in accounts}
    provider = Provider.objects.visible_to(request.agent).first() if linked else None
    return {"linked": linked, "provider_title": provider.title if provider else ""}


def _owners_only(request: AgentRequest) -> None:
    if not request.agent.is_owner:
        raise PermissionDenied


def _is_a_guest(request: AgentRequest) -> bool:
    """In by this workspace's own provider, with an account that reaches beyond the workspace?"""
    return is_limited(request.session) and len(memberships(request.agent.user)) > 1


def _profile(request: AgentRequest) -> dict[str, object]:
    user = request.agent.user
    return {
        "name": user.name,
        "signature": request.agent.signature,
        "language": user.language,
        "theme": user.theme,
    }


def _habits(request: AgentRequest) -> dict[str, object]:
    user = request.agent.user
    return {
        "density": user.density,
        "after_closing": user.after_closing,
        "has_single_keys": user.has_single_keys,
    }

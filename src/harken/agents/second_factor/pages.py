"""One's own ways in: passkeys, app, codes, password, and the browsers one is signed in with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from harken.agents.middleware import LAST_WORKSPACE, AgentRequest, SignedInRequest
from harken.agents.models import User
from harken.agents.models.session import Session
from harken.agents.next_page import next_page
from harken.agents.reach import has_second_factor, is_limited, open_to
from harken.lib.browsers import browser_in


@dataclass(frozen=True)
class Browser:
    """A browser somebody is signed in with."""

    name: str
    address: str
    seen_at: Any
    is_this: bool


@require_safe
def security(request: AgentRequest) -> HttpResponse:
    """One's keys and browsers, as a page of the settings."""
    if is_limited(request.session):
        return render(request, "agents/security_elsewhere.html")
    context = _keys(request.agent.user) | {"browsers": _browsers(request)}
    return render(request, "agents/security.html", context)


@require_POST
def departures(request: AgentRequest) -> HttpResponse:
    """Sign the person out everywhere but here, at once."""
    if not is_limited(request.session):
        request.agent.user.sign_out_elsewhere(keep=request.session.session_key or "")
        messages.success(request, _("All your other browsers are signed out."))
    return redirect("agents:security", request.workspace.slug)


@never_cache
@require_safe
@login_required
def index(request: SignedInRequest) -> HttpResponse:
    """Where allauth's pages lead back to: the settings of the workspace one was in, or the keys alone."""
    agents = open_to(request.session, request.user)
    here = [agent for agent in agents if agent.workspace_id == request.session.get(LAST_WORKSPACE)]
    for agent in here or agents:
        return redirect("agents:security", agent.workspace.slug)
    return render(request, "agents/second_step_first.html", _keys(request.user) | {"next": ""})


@never_cache
@require_safe
@login_required
def first(request: SignedInRequest) -> HttpResponse:
    """A workspace asks for a second step: show the key, or make one, before anything else."""
    then = next_page(request) or reverse("agents:home")
    if has_second_factor(request.user):
        return redirect(_again(request.user, then))
    return render(request, "agents/second_step_first.html", _keys(request.user) | {"next": then})


def _again(user: User, then: str) -> str:
    has_passkey = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()
    page = "mfa_reauthenticate_webauthn" if has_passkey else "mfa_reauthenticate"
    return f"{resolve_url(page)}?{urlencode({'next': then})}"


def _keys(user: User) -> dict[str, object]:
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = _of(found, Authenticator.Type.RECOVERY_CODES)
    return {
        "passkeys": [
            {"row": row, "name": row.data["name"]} for row in _of(found, Authenticator.Type.WEBAUTHN)
        ],
        "app": next(iter(_of(found, Authenticator.Type.TOTP)), None),
        "codes_left": len(codes[0].wrap().get_unused_codes()) if codes else None,
    }


def _of(found: Iterable[Authenticator], kind: str) -> list[Authenticator]:
    return [row for row in found if row.type == kind]


def _browsers(request: AgentRequest) -> list[Browser]:
    here = request.session.session_key
    sessions = Session.objects.of(request.agent.user.pk).order_by("-seen_at")
    browsers = [
        Browser(browser_in(row.device), row.address, row.seen_at, row.session_key == here) for row in sessions
    ]
    return sorted(browsers, key=lambda browser: not browser.is_this)

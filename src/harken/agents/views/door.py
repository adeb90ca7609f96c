"""Coming in: the sign-in page, the link it sends, and the way on from there."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from harken.agents import links
from harken.agents.entering import enter
from harken.agents.forms import SignInForm
from harken.agents.middleware import LAST_WORKSPACE, SignedInRequest, sign_in_first
from harken.agents.models import OneTimeLink, Provider, User
from harken.agents.next_page import next_page
from harken.agents.reach import is_limited, open_to
from harken.agents.signing_in import sign_in_by_link
from harken.agents.tasks import send_sign_in_link
from harken.agents.views.links import behind_a_link
from harken.workspaces.models import Workspace


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Go to the workspace this person was in last, or let them choose."""
    user = request.user
    if not isinstance(user, User):
        return sign_in_first(request)
    reached = {agent.workspace_id: agent.workspace for agent in open_to(request.session, user)}
    last = reached.get(request.session.get(LAST_WORKSPACE, 0))
    if last is None and len(reached) == 1:
        (last,) = reached.values()
    return redirect(last.path if last else "agents:workspaces")


@never_cache
@require_safe
@login_required
def workspaces(request: SignedInRequest) -> HttpResponse:
    """All workspaces that are open to this person."""
    context = {"agents": open_to(request.session, request.user), "is_limited": is_limited(request.session)}
    return render(request, "agents/workspaces.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address, and answer the same whether it has an account or not."""
    if request.user.is_authenticated:
        return redirect(next_page(request) or "agents:home")
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return sign_in_page(request, form)
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="sign_in_link", key=email):
        return ratelimit.respond_429(request)
    if settings.HARKEN_RELAY:
        send_sign_in_link.defer(workspace_id=None, email=email, then=next_page(request))
    return render(request, "agents/link_sent.html", {"email": email, "is_sent": bool(settings.HARKEN_RELAY)})


@behind_a_link
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """GET asks for a press of the button, POST signs in."""
    if request.method == "POST":
        return enter(request, sign_in_by_link(secret), by="link", then=next_page(request) or "/")
    found = links.find(secret, OneTimeLink.Purpose.SIGN_IN)
    return render(request, "agents/link.html", {"link": found, "next": next_page(request)})


def sign_in_page(
    request: HttpRequest, form: SignInForm | None = None, *, passkey_problem: str = ""
) -> HttpResponse:
    """Show the page that asks who somebody is; with what was refused, where something was."""
    form = form or SignInForm()
    context = _sign_in_context(request, form) | {"passkey_problem": passkey_problem}
    status = 422 if form.is_bound or passkey_problem else 200
    return render(request, "agents/sign_in.html", context, status=status)


def _provider_for(request: HttpRequest) -> Provider | None:
    """The provider to offer: of the one workspace there is, or of the one somebody was on the way to.

    That a workspace has one, its owners wanted to be known.
    """
    first_word = next_page(request).split("/", 2)[1:2]
    named = Workspace.objects.named(first_word[0]).first() if first_word and first_word[0] else None
    workspaces = [named] if named else list(Workspace.objects.all()[:2])
    return Provider.on_for(workspaces[0]) if len(workspaces) == 1 else None


def _sign_in_context(request: HttpRequest, form: SignInForm) -> dict[str, object]:
    names = Workspace.objects.values_list("name", flat=True)[:2]
    return {
        "form": form,
        "next": next_page(request),
        # A company's own installation may greet by name; where there are several, a stranger learns of none.
        "workspace_name": names[0] if len(names) == 1 else "",
        "is_new": not names,
        "provider": _provider_for(request),
    }

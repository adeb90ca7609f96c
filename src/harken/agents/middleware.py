"""Who asks, in which workspace, in which language and at what local time."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from harken.agents.models import Agent, User
from harken.agents.reach import is_limited, leads_to, needs_second_factor
from harken.agents.sessions import note_visit
from harken.workspaces import wall
from harken.workspaces.models import FormerAddress, Workspace

LAST_WORKSPACE = "last_workspace"
# Where a session that opens one workspace alone still is its user's.
OPEN_WHEN_LIMITED = {"agents:home", "agents:workspaces", "account_logout"}


class SignedInRequest(HttpRequest):
    """A request whose user is known: what views behind a sign-in receive."""

    user: User


class AgentRequest(SignedInRequest):
    """A request inside a workspace: what every view below `/<workspace>/` receives."""

    agent: Agent
    workspace: Workspace


class LanguageMiddleware:
    """Speak the signed-in person's language, and to anybody else the one their browser asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        language = user.language if isinstance(user, User) else translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not isinstance(user, User):
            patch_vary_headers(response, ("Accept-Language",))
        return response


class WorkspaceMiddleware:
    """Let a request to `/<workspace>/…` in as its agent, or send it to sign in, or say 404: a stranger gets no hint.

    The word of the address is taken off the view's arguments: views find `request.agent` and `request.workspace`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            # The connection serves another request next: that one must start outside of all workspaces.
            wall.leave()
            timezone.deactivate()

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if "workspace" not in kwargs:
            _forget_whoever_is_elsewhere(request)
            return None
        slug = kwargs.pop("workspace")
        if not isinstance(request.user, User):
            return sign_in_first(request)
        return _enter(cast(AgentRequest, request), slug)


def _forget_whoever_is_elsewhere(request: HttpRequest) -> None:
    """Outside its workspace, a session that a workspace's provider began is nobody's, but for the way out."""
    if is_limited(request.session) and resolved(request) not in OPEN_WHEN_LIMITED:
        request.user = AnonymousUser()


def resolved(request: HttpRequest) -> str:
    """Return the name of the page that was asked for."""
    return request.resolver_match.view_name if request.resolver_match else ""


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Send somebody to the sign-in page, and back here afterwards when this was a page.

    A part of a page is told by 401, which no script takes for success. Who wanted to read on is led to the door and
    back to the page they were on; who was about to save something stays with it, and the page tells them.
    """
    if "HX-Request" in request.headers:
        response = HttpResponse(status=401)
        if request.method == "GET":
            response.headers["HX-Redirect"] = _sign_in_address(_page_around(request))
        return response
    return HttpResponseRedirect(_sign_in_address(request.get_full_path() if request.method == "GET" else ""))


def _page_around(request: HttpRequest) -> str:
    """Return the page that asks for a part of itself, as a path; the sign-in page looks whether it is one of ours."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return ""
    return urlunsplit(("", "", page.path, page.query, ""))


def _sign_in_address(back: str) -> str:
    address = resolve_url("agents:sign_in")
    return f"{address}?{urlencode({'next': back})}" if back else address


def second_step_first(request: HttpRequest) -> HttpResponse:
    """Send somebody to the page that asks for their second key, and back here afterwards."""
    back = request.get_full_path() if request.method == "GET" and "HX-Request" not in request.headers else ""
    address = f"{resolve_url('agents:second_step_first')}?{urlencode({'next': back})}"
    if "HX-Request" in request.headers:
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def _moved(request: AgentRequest, slug: str) -> HttpResponse:
    """Send a colleague on from an address that their workspace once had, with what they were about to send."""
    workspace = FormerAddress.leads_to(slug)
    if workspace is None or not _agent(workspace, request.user):
        raise Http404
    rest = request.get_full_path().removeprefix(f"/{slug}/")
    response = HttpResponse(status=307)
    response.headers["Location"] = f"{workspace.path}{rest}"
    return response


def _agent(workspace: Workspace, user: User) -> Agent | None:
    with wall.inside(workspace.pk):
        return Agent.objects.active().filter(workspace=workspace, user=user).first()


def _enter(request: AgentRequest, slug: str) -> HttpResponse | None:
    """Enter the workspace of this address, or answer why not. Raises Http404 for a stranger."""
    workspace = Workspace.objects.at_address(slug)
    if is_limited(request.session) and (workspace is None or not leads_to(request.session, workspace)):
        # As for anybody who is not signed in, whether there is such a workspace or not.
        return sign_in_first(request)
    if workspace is None:
        return _moved(request, slug)
    wall.enter(workspace.pk)
    agent = Agent.objects.who_enters(workspace, request.user)
    if agent is None:
        wall.leave()
        raise Http404
    if needs_second_factor(request.session, request.user, workspace):
        wall.leave()
        return second_step_first(request)
    request.workspace, request.agent = workspace, agent
    timezone.activate(workspace.zone)
    if request.session.get(LAST_WORKSPACE) != workspace.pk:
        request.session[LAST_WORKSPACE] = workspace.pk
    note_visit(request)
    return None

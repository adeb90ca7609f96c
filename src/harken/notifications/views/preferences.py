"""The settings page: what somebody is told, where and when."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.channels.leaving.to_colleagues import way_out
from harken.notifications.forms import OwnPreferenceForm, PreferenceForm
from harken.notifications.models import Preference, PushDevice, Telling, Way
from harken.notifications.models.device import public_key_of
from harken.notifications.tasks import defer_telling

MOST_TESTS_AN_HOUR = 5


@require_http_methods(["GET", "POST"])
def preferences(request: AgentRequest) -> HttpResponse:
    """GET shows what holds for oneself; POST chooses."""
    if request.method == "GET":
        return _page(request)
    known = Preference.objects.visible_to(request.agent).filter(agent=request.agent).first()
    form = OwnPreferenceForm.showing(known or _default(request), request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=409 if form.missed else 422)
    return _saved(request, form, of=request.agent)


@require_POST
def own(request: AgentRequest) -> HttpResponse:
    """POST follows the workspace again, and forgets what was chosen here."""
    Preference.objects.visible_to(request.agent).filter(agent=request.agent).delete()
    return _told(request)


@require_POST
def defaults(request: AgentRequest) -> HttpResponse:
    """POST says what holds for everybody who chose nothing; the owner's to say."""
    if not request.agent.is_owner:
        raise PermissionDenied
    form = PreferenceForm.showing(_default(request), request.POST, prefix="all")
    if not form.is_valid():
        return _page(request, defaults_form=form, status=409 if form.missed else 422)
    return _saved(request, form, of=None)


@require_POST
def tests(request: AgentRequest) -> HttpResponse:
    """POST sends oneself a test, by mail or by push."""
    way = Way.PUSH if request.POST.get("way") == Way.PUSH else Way.MAIL
    lately = Telling.objects.visible_to(request.agent).filter(
        about=Telling.About.TEST, made_at__gt=timezone.now() - timedelta(hours=1)
    )
    if lately.count() >= MOST_TESTS_AN_HOUR:
        messages.error(request, _("Several tests went out within the hour. Try again a little later."))
    else:
        _send_test(request, way)
    return redirect("notifications:preferences", request.workspace.slug)


def _send_test(request: AgentRequest, way: Way) -> None:
    Telling.objects.create(
        workspace=request.workspace, agent=request.agent, way=way, about=Telling.About.TEST
    )
    defer_telling(request.workspace.pk, request.agent.pk)
    if way == Way.PUSH:
        messages.success(request, _("A test is on its way to your devices."))
    else:
        words = _("A test letter is on its way to %(address)s.") % {"address": request.agent.email}
        messages.success(request, words)


def _page(
    request: AgentRequest,
    *,
    form: PreferenceForm | None = None,
    defaults_form: PreferenceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = Preference.objects.visible_to(request.agent).filter(agent=request.agent).first()
    default = _default(request)
    context: dict[str, Any] = {
        "form": form or OwnPreferenceForm.showing(mine or default),
        "is_own": mine is not None,
        "defaults_form": defaults_form or PreferenceForm.showing(default, prefix="all"),
        "devices": PushDevice.objects.visible_to(request.agent).order_by("-created_at"),
        "key": public_key_of(request.workspace),
        "can_mail": way_out(request.workspace) is not None,
        "problem": _last_problem(request),
        "is_secure": settings.HARKEN_URL.startswith("https://"),
    }
    return render(request, "notifications/preferences.html", context, status=status)


def _default(request: AgentRequest) -> Preference:
    known = Preference.objects.visible_to(request.agent).filter(agent=None).first()
    preference = known or Preference(workspace=request.workspace)
    preference.workspace = request.workspace
    return preference


def _last_problem(request: AgentRequest) -> str:
    """Why the last letter to them did not leave; "" when it did."""
    last = Telling.objects.visible_to(request.agent).filter(way=Way.MAIL, attempts__gt=0)
    return last.order_by("-pk").values_list("problem", flat=True).first() or ""


def _saved(request: AgentRequest, form: PreferenceForm, *, of: Agent | None) -> HttpResponse:
    with transaction.atomic():
        # Pressed twice, the first save is one all the same.
        preference, _is_new = Preference.objects.get_or_create(workspace=request.workspace, agent=of)
        form.save_to(preference)
    return _told(request)


def _told(request: AgentRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("notifications:preferences", request.workspace.slug)

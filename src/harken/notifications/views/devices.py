"""The browsers that a colleague lets us push to."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.lib.browsers import browser_in
from harken.notifications.forms import DeviceForm
from harken.notifications.models import PushDevice

MOST_DEVICES = 20


@require_POST
def devices(request: AgentRequest) -> HttpResponse:
    """POST takes this browser in, or renews what is known of it."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    name = browser_in(request.headers.get("User-Agent", "")) or _("A browser")
    PushDevice.objects.visible_to(request.agent).subscribe(
        request.agent, form.cleaned_data["endpoint"], form.keys, name
    )
    kept = PushDevice.objects.visible_to(request.agent).order_by("-pk")[:MOST_DEVICES]
    PushDevice.objects.visible_to(request.agent).exclude(pk__in=[each.pk for each in kept]).delete()
    return HttpResponse(status=204)


@require_POST
def removal(request: AgentRequest, device_id: int) -> HttpResponse:
    """POST ends pushes to a browser."""
    device = get_object_or_404(PushDevice.objects.visible_to(request.agent), pk=device_id)
    device.delete()
    messages.success(request, _("%(device)s is not pushed to any more.") % {"device": device.name})
    return redirect("notifications:preferences", request.workspace.slug)

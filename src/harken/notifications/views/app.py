"""What lets a browser install the desk as an app: its manifest, its worker, and the page it shows without a network."""

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from harken.agents.middleware import AgentRequest

GROUND, ACCENT = "#f2f0ec", "#006275"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ICONS = (("192", "any"), ("512", "any"), ("512", "maskable"))
# All that lies in the browser for a day without a network: nothing of it is anybody's.
_SHELL = ("ui/tokens.css", "ui/base.css", "ui/door.css", "ui/icons.svg", "ui/mark.svg")


@require_safe
def manifest(request: AgentRequest) -> HttpResponse:
    """GET returns the web app manifest of the workspace."""
    workspace = request.workspace
    accent = workspace.accent if _COLOUR.fullmatch(workspace.accent) else ACCENT
    content = {
        "id": workspace.path,
        "name": workspace.name,
        "short_name": workspace.name,
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "start_url": workspace.path,
        "scope": workspace.path,
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": accent,
        "icons": [
            {
                "src": static(f"notifications/icon-{purpose}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size, purpose in _ICONS
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json")


@require_safe
def worker(request: AgentRequest) -> HttpResponse:
    """GET returns the script that works for the workspace's pages also when none is open."""
    context = {
        "offline": _path(request, "notifications:offline"),
        "shell": [static(name) for name in _SHELL],
        "icon": static("notifications/icon-any-192.png"),
        "badge": static("notifications/badge-96.png"),
    }
    answer = render(request, "notifications/worker.js", context, content_type="text/javascript")
    # An old worker would go on for a day.
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """GET returns what is shown without a network. It names nobody and shows nothing of anybody."""
    return render(request, "notifications/offline.html")


def _path(request: AgentRequest, route: str) -> str:
    return reverse(route, kwargs={"workspace": request.workspace.slug})

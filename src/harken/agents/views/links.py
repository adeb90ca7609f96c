"""What pages behind a one-time link share."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from harken.agents.errors import LinkGone

LinkView = Callable[[HttpRequest, str], HttpResponse]


def behind_a_link(view: LinkView) -> LinkView:
    """Show the page of a link that is no good instead of the view; neither is kept by any cache."""

    @never_cache
    @require_http_methods(["GET", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, secret: str) -> HttpResponse:
        try:
            return view(request, secret)
        except LinkGone as gone:
            return render(request, "agents/link_gone.html", {"gone": gone}, status=gone.status)

    return guarded

"""Pages for what went wrong: what happened, what is safe, what to do. They need neither database nor session."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _

RETRY_SECONDS = 5


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something we could not read."""
    return _page(
        400,
        _("That could not be read"),
        _("Nothing was changed. Go back, load the page again and try once more."),
    )


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    return _page(
        403, _("This is not yours to open"), _("Nothing was changed. Ask an owner of the workspace to do it.")
    )


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form came without its proof of origin, mostly because the page had grown old."""
    response = _page(
        403,
        _("This form has grown old"),
        _("Nothing was sent. Go back, copy what you wrote, load the page again and send."),
    )
    # For scripts, which tell it from what is not allowed.
    response["Harken-Page"] = "old"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this reader: no hint which of the two."""
    return _page(404, _("There is nothing here"), _("The address may be mistyped, or what was here is gone."))


def failed(request: HttpRequest) -> HttpResponse:
    """500: our mistake."""
    return _page(
        500,
        _("Something broke on our side"),
        _(
            "What was saved before is safe. Try again; if it stays, tell whoever runs this Harken: the log says why."
        ),
    )


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away; it comes back without a restart."""
    response = _page(
        503,
        _("We cannot reach our data right now"),
        _("Nothing is lost: mail waits and is taken in afterwards. Load the page again in a few seconds."),
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(status: int, title: Any, sentence: Any) -> HttpResponse:
    # Without the request on purpose: its user would ask the database.
    template = loader.get_template("ui/error.html")
    return HttpResponse(
        template.render({"status": status, "title": title, "sentence": sentence}), status=status
    )

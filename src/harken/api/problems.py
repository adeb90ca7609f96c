"""Every error of the API as `application/problem+json` (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.responses import NinjaJSONEncoder

from harken.lib.rest import Problem
from harken.tickets.errors import TicketError, TicketIsMerged

MEDIA_TYPE = "application/problem+json"

# What the caller is told when only the status is known.
DETAILS = {
    400: "The request could not be read: it must be JSON in UTF-8.",
    401: "Send a token: `Authorization: Bearer hk_…`. `harken token create` makes one.",
    404: "There is nothing here for this token.",
    405: "This address does not take this method.",
    413: "The request is too large.",
    500: "Something failed on our side; it is in the log. Nothing of this request was kept.",
    503: "Harken cannot answer just now. Try again in a few seconds.",
}


def problem_response(status: int, title: str = "", detail: str = "", **more: Any) -> HttpResponse:
    """Return the answer for a refusal; title and detail default to what the status says."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or DETAILS.get(status, ""),
        **more,
    }
    response = HttpResponse(
        json.dumps(body, ensure_ascii=False, cls=NinjaJSONEncoder), status=status, content_type=MEDIA_TYPE
    )
    response.headers["Cache-Control"] = "no-store"
    if "retry_after_seconds" in more:
        response.headers["Retry-After"] = str(more["retry_after_seconds"])
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def answer_with_problems(api: NinjaAPI) -> None:
    """Teach an API to answer every expected error with a problem; the unexpected goes up to the middleware."""
    api.add_exception_handler(Problem, _refused)
    api.add_exception_handler(Http404, lambda request, error: problem_response(404))
    api.add_exception_handler(AuthenticationError, lambda request, error: problem_response(401))
    api.add_exception_handler(HttpError, lambda request, error: problem_response(error.status_code))
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(TicketIsMerged, lambda request, error: problem_response(409, str(error)))
    api.add_exception_handler(TicketError, lambda request, error: problem_response(422, str(error)))


def _refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_response(problem.status, problem.title, problem.detail, **problem.more)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"where": _place(fault["loc"]), "what": fault["msg"]} for fault in error.errors]
    detail = "; ".join(f"{fault['where']}: {fault['what']}" for fault in errors[:5])
    return problem_response(422, "The request says something we do not understand.", detail, errors=errors)


def _place(location: tuple[str | int, ...]) -> str:
    # ninja puts the name of our own parameter between "body" and the caller's field.
    source, *path = location
    return (
        ".".join(str(step) for step in (source, *path[1:])) if source in {"body", "query"} else str(path[-1])
    )

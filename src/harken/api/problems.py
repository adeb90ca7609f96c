"""Every error of the API as `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.responses import NinjaJSONEncoder

from harken.fields.errors import FieldsError
from harken.lib.rest import Problem
from harken.tickets.errors import (
    ChangedSince,
    MailboxIsGone,
    MergedAlready,
    NotAnswered,
    OthersWouldSee,
    TicketError,
    TicketIsMerged,
)

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
    answers: dict[type[Exception], Callable[[Any], HttpResponse]] = {
        Problem: answer_for,
        Http404: lambda error: problem_response(404),
        AuthenticationError: lambda error: problem_response(401),
        HttpError: lambda error: problem_response(error.status_code),
        ValidationError: _invalid,
        TicketIsMerged: lambda error: problem_response(409, str(error)),
        MergedAlready: lambda error: problem_response(409, str(error), merged_into=error.current.number),
        OthersWouldSee: lambda error: problem_response(409, str(error), addresses=error.addresses),
        NotAnswered: lambda error: problem_response(422, str(error), fields=error.names),
        MailboxIsGone: lambda error: problem_response(409, str(error)),
        ChangedSince: lambda error: problem_response(409, str(error)),
        TicketError: lambda error: problem_response(422, str(error)),
        FieldsError: lambda error: problem_response(422, str(error)),
    }
    for error_type, answer in answers.items():
        api.add_exception_handler(error_type, _handler(answer))


def _handler(answer: Callable[[Any], HttpResponse]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: answer(error)


def answer_for(problem: Problem) -> HttpResponse:
    """Return a refusal as an answer."""
    return problem_response(problem.status, problem.title, problem.detail, **problem.more)


def _invalid(error: ValidationError) -> HttpResponse:
    errors = [{"where": _place(fault["loc"]), "what": _reason(fault["msg"])} for fault in error.errors]
    detail = "; ".join(f"{fault['where']}: {fault['what']}" for fault in errors[:5])
    return problem_response(422, "The request says something we do not understand.", detail, errors=errors)


def _place(location: tuple[str | int, ...]) -> str:
    source, *path = location
    if source not in {"body", "query"}:
        return str(path[-1])
    # ninja puts our parameter's own name first: always for a body, for a query when no single field is at fault.
    if source == "body" or path == ["asked"]:
        path = path[1:]
    return ".".join(str(step) for step in (source, *path))


def _reason(message: str) -> str:
    # pydantic's mark on sentences that are our own.
    return message.removeprefix("Value error, ")

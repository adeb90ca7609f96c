"""One form for every log line, Django's, uvicorn's and ours alike: words for a person or JSON for a machine.

Lines name ids. They never carry message bodies, tokens or the values of variables in a traceback.
"""

import logging
import re
import sys
import time
from collections.abc import Callable
from logging.config import dictConfig
from secrets import token_hex
from typing import Any, Literal

import psycopg
import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponseBase
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import ExceptionRenderer, JSONRenderer, TimeStamper, UnicodeDecoder
from structlog.stdlib import (
    ExtraAdder,
    PositionalArgumentsFormatter,
    ProcessorFormatter,
    add_log_level,
    add_logger_name,
)
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import Processor

from harken.config import metrics
from harken.config.outage import is_away

logger = logging.getLogger("harken.request")

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# The fields of a PostgreSQL error below its sentence; a row may hold lines of its own, so all of the rest goes.
_ROWS = re.compile(r"\n(?:DETAIL|CONTEXT|HINT|QUERY|WHERE):.*", re.DOTALL)
_LIKE_A_TOKEN = re.compile(r"(?<=/)[^/\s?]{20,}|(?<=\?)\S+")


def configure(form: Literal["text", "json"]) -> None:
    """Send every log line to standard error in this form; standard output belongs to the commands' answers."""
    dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": {"()": _formatter, "form": form}},
            "filters": {
                "no_tokens": {"()": PathsWithoutTokens},
                "short_outages": {"()": ShortOutages},
                "no_rows": {"()": ErrorsWithoutRows},
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "line",
                    "filters": ["no_tokens", "short_outages", "no_rows"],
                }
            },
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "loggers": {
                # Said by RequestLog already, with the route instead of the path.
                "django.request": {"level": "ERROR"},
                "uvicorn.error": {"level": "WARNING"},
                "procrastinate": {"level": "WARNING"},
                "flufl.bounce": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*_shared(), ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class PathsWithoutTokens(logging.Filter):
    """Cuts one-time links and signed addresses out of the paths that Django writes into its own lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.") and isinstance(record.args, tuple):
            record.args = tuple(_without_tokens(each) for each in record.args)
        return True


class ShortOutages(logging.Filter):
    """Says that the database is away in one line; the way through Django to it explains nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if is_away(error):
            record.exc_info = None
            record.msg, record.args = f"{record.getMessage()}: {_first_line(error)}", ()
        return True


class ErrorsWithoutRows(logging.Filter):
    """Cuts what a database adds to its first sentence: "Failing row contains (…)" repeats what customers wrote."""

    def filter(self, record: logging.LogRecord) -> bool:
        _forget_rows(record.exc_info[1] if record.exc_info else None)
        said = record.args if isinstance(record.args, tuple) else ()
        for error in (record.msg, *said):
            _forget_rows(error)
        if isinstance(record.msg, str):
            record.msg = _ROWS.sub("", record.msg)
            record.args = tuple(_without_rows(each) for each in said) or record.args
        elif isinstance(record.msg, dict):
            record.msg = {name: _without_rows(value) for name, value in record.msg.items()}
        return True


class RequestLog:
    """One line and one count per request, and an id that ties its lines together and goes back with the answer.

    The line names the route, not the path: paths hold one-time links.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        request_id = _request_id(request)
        with bound_contextvars(request_id=request_id):
            response = self._get_response(request)
            self._tell(request, response, time.perf_counter() - began)
        response.headers["X-Request-ID"] = request_id
        return response

    def _tell(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        metrics.request_answered(request.method or "", response.status_code, seconds)
        route = request.resolver_match.route if request.resolver_match else ""
        if route or response.status_code >= 400:
            with bound_contextvars(method=request.method, route=route):
                logger.info("%s in %d ms", response.status_code, seconds * 1000)


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if _GIVEN_ID.fullmatch(given) else token_hex(8)


def _forget_rows(error: object) -> None:
    """Leave an error and all it came from with their first sentence, where a database said more."""
    waiting, seen = [error], set()
    while waiting:
        error = waiting.pop()
        if not isinstance(error, BaseException) or id(error) in seen:
            continue
        seen.add(id(error))
        if isinstance(error, psycopg.Error | DatabaseError):
            error.args = tuple(_without_rows(each) for each in error.args)
        waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]


def _without_rows(value: Any) -> Any:
    return _ROWS.sub("", value) if isinstance(value, str) else value


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0]


def _without_tokens(text: Any) -> Any:
    return _LIKE_A_TOKEN.sub("…", text) if isinstance(text, str) else text


def _formatter(form: str) -> logging.Formatter:
    endings: list[Processor] = [ProcessorFormatter.remove_processors_meta]
    if form == "json":
        # Without the values of local variables: they hold passwords and what customers wrote.
        endings += [
            ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            JSONRenderer(ensure_ascii=False),
        ]
    else:
        plain = structlog.dev.plain_traceback
        endings += [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    return ProcessorFormatter(foreign_pre_chain=_shared(), processors=endings)


def _shared() -> list[Processor]:
    return [
        merge_contextvars,
        add_logger_name,
        add_log_level,
        PositionalArgumentsFormatter(),
        ExtraAdder(allow=()),
        TimeStamper(fmt="iso", utc=True),
        UnicodeDecoder(),
    ]

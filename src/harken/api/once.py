"""A POST with an `Idempotency-Key` happens once, however often and however concurrently it is sent.

The key's row, the deed and the kept answer are one transaction. A second request with the key waits on the
unique index until the first has committed, then finds its answer; had the first failed, it does the deed itself.
Refusals are not kept: nothing happened, so the same key may try again.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from psycopg.errors import LockNotAvailable

from harken.agents.middleware import AgentRequest
from harken.api.door import Door
from harken.api.models import KeptAnswer, fingerprint_of
from harken.api.problems import answer_for, problem_response
from harken.lib.rest import Problem

HEADER = "Idempotency-Key"
# How long a second request waits for the first before it is told to come back.
WAIT_SECONDS = 10

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Run = Callable[..., HttpResponse]


def once_per_key(run: Run) -> Run:
    """Wrap an API operation so that its `Idempotency-Key` is honoured."""

    @wraps(run)
    def run_once(request: HttpRequest, **parameters: Any) -> HttpResponse:
        if request.method != "POST" or HEADER not in request.headers:
            return run(request, **parameters)
        try:
            if Door()(request) is None:
                return problem_response(401)
            return _run_once(cast(AgentRequest, request), run, parameters)
        except Problem as problem:
            return answer_for(problem)

    return run_once


@transaction.atomic
def _run_once(request: AgentRequest, run: Run, parameters: dict[str, Any]) -> HttpResponse:
    fingerprint = fingerprint_of(request)
    kept, is_new = _take_key(request, fingerprint)
    if not is_new:
        return kept.given_again(fingerprint)
    response = run(request, **parameters)
    if response.status_code >= 400:
        transaction.set_rollback(True)
    else:
        kept.keep(response)
    return response


def _take_key(request: AgentRequest, fingerprint: str) -> tuple[KeptAnswer, bool]:
    key = request.headers[HEADER]
    if not _KEY.fullmatch(key):
        raise Problem(422, "This is no Idempotency-Key.", "Send 1 to 255 visible ASCII characters.")
    KeptAnswer.forget_old(request.workspace)
    try:
        _limit_waiting(f"{WAIT_SECONDS}s")
        taken = KeptAnswer.objects.get_or_create(
            workspace=request.workspace, agent=request.agent, key=key, defaults={"fingerprint": fingerprint}
        )
        _limit_waiting("0")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Problem(
                409, "The first request with this key is still being worked on.", "Try again soon."
            ) from error
        raise
    return taken


def _limit_waiting(limit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [limit])

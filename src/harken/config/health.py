"""Is it alive, is it ready, how is it doing; and what people see while the database is away.

`/metrics` answers whoever asks directly from this machine or a private network, never what came through a proxy: a
proxy passes the whole world on, and it would all look private.
"""

import logging
import sys
from ipaddress import ip_address

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from harken.config import metrics as figures
from harken.config.outage import is_away
from harken.lib import vitals
from harken.ui import errors

logger = logging.getLogger(__name__)

_TRACES_OF_A_PROXY = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
_is_migrated = False


def readyz(request: HttpRequest) -> JsonResponse:
    """503 only when the database or its migrations are not there; 200 else, with what somebody should look at."""
    problem = _problem()
    if problem:
        return JsonResponse({"ready": False, "problem": problem}, status=503)
    warnings = [{"about": about, "warning": sentence} for about, sentence in vitals.warnings()]
    return JsonResponse({"ready": True, "warnings": warnings})


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus."""
    if not _may_read_metrics(request):
        words = "Ask from this machine or its private network, not through a proxy.\n"
        return HttpResponse(words, content_type="text/plain", status=403)
    return HttpResponse(figures.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def failed(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: 503 and "in a moment" when the database went away, else our own fault."""
    return errors.unavailable(request) if is_away(sys.exc_info()[1]) else errors.failed(request)


def _problem() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return "" if _has_every_migration() else "The database lacks migrations. Run `harken manage migrate`."
    except DatabaseError as error:
        logger.warning("Not ready: %s", error)
        return "The database does not answer."


def _has_every_migration() -> bool:
    # Reading the plan takes a tenth of a second, and what has been migrated stays so while this code runs.
    global _is_migrated
    if not _is_migrated:
        executor = MigrationExecutor(connection)
        _is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _is_migrated


def _may_read_metrics(request: HttpRequest) -> bool:
    if any(name in request.headers for name in _TRACES_OF_A_PROXY):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_private

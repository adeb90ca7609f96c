"""Jobs: work written in the transaction that calls for it, done by a worker, brought back when a worker dies.

Procrastinate keeps them in the same database. A job may run twice and late: every function here is harmless
the second time.
"""

import asyncio
import functools
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from django.db import close_old_connections, transaction
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision, jobs, tasks
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.periodic import PeriodicRegistry

from harken.workspaces import wall

log = structlog.get_logger(__name__)

CONCURRENT_JOBS = 4
# A worker that has not been heard of for this long is dead: its jobs are back within 20 s. Should it only have been
# asleep, two may do the same job, which is why every job is harmless the second time.
HEARTBEAT_SECONDS = 3
DEAD_AFTER_SECONDS = 12
LOOK_EVERY_SECONDS = 4
STOP_WITHIN_SECONDS = 2.5
RECONNECT_SECONDS = 2


class GrowingPauses(BaseRetryStrategy):
    """Try again after 2, 4, 8, … seconds, at most an hour apart, for as many attempts as given."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: jobs.Job) -> RetryDecision | None:
        if job.attempts >= self.attempts:
            return None
        # Whatever urgency it had, what waits stands behind what is new.
        return RetryDecision(retry_in={"seconds": min(2 ** (job.attempts + 1), 3600)}, priority=0)


PATIENT = GrowingPauses(attempts=20)


def job(
    *, queue: str, retry: BaseRetryStrategy = PATIENT, given_up: Callable[..., None] | None = None
) -> Callable[[Callable[..., None]], tasks.Task[Any, Any, Any]]:
    """Make a function `(workspace_id, **ids)` a job that runs inside that workspace's wall.

    Defer it inside a transaction with `.defer(workspace_id=…, …)`; it carries ids only, never objects.
    `given_up`, called with the same arguments after the last attempt failed, tells those who wait for it.
    """

    def decorate(function: Callable[..., None]) -> tasks.Task[Any, Any, Any]:
        @functools.wraps(function)
        def run(context: JobContext, workspace_id: int | None, **ids: Any) -> None:
            close_old_connections()
            with wall.inside(workspace_id):
                try:
                    function(workspace_id, **ids)
                except Exception as error:
                    if retry.get_retry_decision(exception=error, job=context.job) is None:
                        _give_up(context.job, error, given_up)
                    raise

        name = f"{function.__module__}.{function.__name__}"
        return app.task(queue=queue, retry=retry, name=name, pass_context=True)(run)

    return decorate


def every(cron: str, *, queue: str) -> Callable[[Callable[[], None]], tasks.Task[Any, Any, Any]]:
    """Make a function without arguments a job that runs by the clock (`cron`), outside of all workspaces.

    One worker of all runs it, and never while it waits already; of what was missed while none ran, the last ten
    minutes are made up.
    Let it ask what is due and defer a job for each: it must be quick.
    """

    def decorate(function: Callable[[], None]) -> tasks.Task[Any, Any, Any]:
        @functools.wraps(function)
        def run(context: JobContext, timestamp: int) -> None:
            close_old_connections()
            with wall.inside(None):
                function()

        name = f"{function.__module__}.{function.__name__}"
        task = app.task(queue=queue, name=name, pass_context=True)(run)
        return app.periodic(cron=cron, queueing_lock=name)(task)

    return decorate


def defer_once(
    task: tasks.Task[Any, Any, Any], lock: str, *, never_beside: str | None = None, **ids: Any
) -> None:
    """Defer a job unless one with this lock waits already; it waits for those `never_beside` which it may run."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.configure(queueing_lock=lock, lock=never_beside).defer(**ids)


def _give_up(ended: jobs.Job, error: Exception, given_up: Callable[..., None] | None) -> None:
    log.error("job given up", job=ended.id, task=ended.task_name, error=type(error).__name__)
    if given_up:
        given_up(**ended.task_kwargs)


def run_worker(*, concurrency: int = CONCURRENT_JOBS) -> None:
    """Work until SIGTERM or SIGINT; a database that went away is waited for."""
    asyncio.run(_work(concurrency))


def worker_app(*, by_the_clock: bool = False) -> App:
    """The jobs' own way to the database, for a worker: it listens, where the desk's only writes.

    `by_the_clock` says whether this worker also starts what `every` made.
    """
    assert isinstance(app.connector, DjangoConnector)
    working: App = app.with_connector(app.connector.get_worker_connector())
    if not by_the_clock:
        working.periodic_registry = PeriodicRegistry()
    return working


async def bring_back_stalled_jobs(working: App) -> int:
    """Put the jobs of dead workers back in the queue; the number brought back. Harmless to run anywhere, any time."""
    manager = working.job_manager
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS))
    for stalled_job in stalled:
        try:
            await manager.retry_job(stalled_job)
        except UniqueViolation:
            # One with the same lock waits already and does the same work: two may not wait, and those behind this must.
            await manager.finish_job(stalled_job, status=jobs.Status.ABORTED, delete_job=True)
        log.warning("job brought back", job=stalled_job.id, task=stalled_job.task_name)
    await manager.prune_stalled_workers(DEAD_AFTER_SECONDS)
    return len(stalled)


async def _work(concurrency: int) -> None:
    while True:
        try:
            async with worker_app(by_the_clock=True).open_async() as working:
                await _run_beside_the_reaper(working, concurrency)
            return
        except ConnectorException as error:
            log.warning("database away, worker waits", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)


async def _run_beside_the_reaper(working: App, concurrency: int) -> None:
    reaper = asyncio.create_task(_reap_for_ever(working))
    try:
        await working.run_worker_async(
            concurrency=concurrency,
            shutdown_graceful_timeout=STOP_WITHIN_SECONDS,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            delete_jobs="successful",
        )
    finally:
        reaper.cancel()


async def _reap_for_ever(working: App) -> None:
    while True:
        try:
            await bring_back_stalled_jobs(working)
        except ConnectorException as error:
            log.warning("reaper could not look", error=type(error).__name__)
        await asyncio.sleep(LOOK_EVERY_SECONDS)

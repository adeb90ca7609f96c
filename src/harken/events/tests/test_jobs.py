import asyncio

import pytest
from django.db import connection, transaction
from procrastinate.jobs import Job

from harken.events import jobs
from harken.events.jobs import GrowingPauses, bring_back_stalled_jobs, defer_once, every, job
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

done: list[tuple[int | None, int | None, str]] = []


@job(queue="tests")
def note_down(workspace_id: int | None, words: str) -> None:
    done.append((workspace_id, wall.current(), words))
    # The worker's thread is not heard of again, and the test database wants to be empty of visitors.
    connection.close()


def lament(workspace_id: int | None, words: str) -> None:
    done.append((workspace_id, wall.current(), f"given up: {words}"))
    connection.close()


@job(queue="tests", retry=GrowingPauses(attempts=0), given_up=lament)
def fail(workspace_id: int | None, words: str) -> None:
    raise ZeroDivisionError


@job(queue="tests", given_up=lament)
def stumble(workspace_id: int | None, words: str) -> None:
    connection.close()
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def nothing_done(transactional_db):
    yield
    done.clear()


def work() -> None:
    """Do what is in the queue, as a worker does, and stop."""

    async def run() -> None:
        async with jobs.worker_app().open_async() as worker_app:
            await worker_app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    asyncio.run(run())


def statuses() -> list[str]:
    with connection.cursor() as sql:
        sql.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
        return [status for (status,) in sql.fetchall()]


def test_a_job_runs_inside_the_wall_of_its_workspace():
    workspace = make_workspace()
    note_down.defer(workspace_id=workspace.pk, words="hello")

    work()

    assert done == [(workspace.pk, workspace.pk, "hello")]


def test_a_job_is_undone_with_the_transaction_that_called_for_it():
    workspace = make_workspace()

    with transaction.atomic():
        note_down.defer(workspace_id=workspace.pk, words="never")
        transaction.set_rollback(True)
    work()

    assert done == []


def test_a_job_of_a_worker_that_died_is_brought_back_and_done():
    workspace = make_workspace()
    note_down.defer(workspace_id=workspace.pk, words="again")
    _let_a_worker_die_with_it(silent_for=jobs.DEAD_AFTER_SECONDS + 1)
    work()
    assert done == []

    assert _bring_back() == 1
    assert _bring_back() == 0
    work()

    assert [words for _, _, words in done] == ["again"]


def test_a_job_that_waits_once_more_already_keeps_no_other_from_coming_back():
    workspace = make_workspace()
    for _ in range(2):
        defer_once(note_down, "only one", workspace_id=workspace.pk, words="once")
        _let_a_worker_die_with_it(silent_for=jobs.DEAD_AFTER_SECONDS + 1)
    note_down.defer(workspace_id=workspace.pk, words="behind them")
    _let_a_worker_die_with_it(silent_for=jobs.DEAD_AFTER_SECONDS + 1)

    assert _bring_back() == 3
    assert _bring_back() == 0
    work()

    assert sorted(words for _, _, words in done) == ["behind them", "once"]


def test_a_job_of_a_worker_that_lives_is_left_alone():
    note_down.defer(workspace_id=make_workspace().pk, words="slow")
    _let_a_worker_die_with_it(silent_for=0)

    assert _bring_back() == 0
    assert statuses() == ["doing"]


def test_what_fails_is_tried_again_with_growing_pauses():
    strategy = GrowingPauses(attempts=3)
    attempts = [_attempted(number) for number in range(4)]

    decisions = [strategy.get_retry_decision(exception=ValueError(), job=each) for each in attempts]

    assert decisions[3] is None
    pauses = [decision.retry_at.timestamp() for decision in decisions[:3]]
    assert pauses == sorted(pauses)
    assert [decision.priority for decision in decisions[:3]] == [0, 0, 0]


def test_a_job_that_failed_for_good_tells_those_who_wait_for_it():
    workspace = make_workspace()
    fail.defer(workspace_id=workspace.pk, words="hello")

    work()

    assert done == [(workspace.pk, workspace.pk, "given up: hello")]
    assert statuses() == ["failed"]


def test_a_job_that_will_be_tried_again_is_not_given_up():
    stumble.defer(workspace_id=make_workspace().pk, words="hello")

    work()

    assert done == []
    assert statuses() == ["todo"]


def test_dead_workers_jobs_are_back_within_a_minute():
    assert jobs.DEAD_AFTER_SECONDS + jobs.LOOK_EVERY_SECONDS < 60
    assert jobs.HEARTBEAT_SECONDS * 3 < jobs.DEAD_AFTER_SECONDS + jobs.HEARTBEAT_SECONDS


def _let_a_worker_die_with_it(*, silent_for: float) -> None:
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s * interval '1 second') RETURNING id",
            [silent_for],
        )
        (worker,) = sql.fetchone()
        sql.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])


def _bring_back() -> int:
    async def run() -> int:
        async with jobs.worker_app().open_async() as worker_app:
            return await bring_back_stalled_jobs(worker_app)

    return asyncio.run(run())


def _attempted(number: int) -> Job:
    return Job(id=1, queue="tests", lock=None, queueing_lock=None, task_name="note_down", attempts=number)


@every("* * * * *", queue="tests")
def strike() -> None:
    done.append((None, wall.current(), "strike"))
    connection.close()


def test_what_runs_by_the_clock_runs_outside_of_all_workspaces():
    strike.defer(timestamp=1_800_000_000)

    work()

    assert done == [(None, None, "strike")]


def test_only_a_real_worker_starts_what_runs_by_the_clock():
    assert not jobs.worker_app().periodic_registry.periodic_tasks
    assert strike in [
        each.task for each in jobs.worker_app(by_the_clock=True).periodic_registry.periodic_tasks.values()
    ]


def test_a_job_that_waits_already_is_not_deferred_again():
    workspace = make_workspace()

    for _twice in range(2):
        defer_once(note_down, "note", workspace_id=workspace.pk, words="once")

    assert statuses() == ["todo"]

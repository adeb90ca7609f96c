import pytest
from django.db import connection

from harken.events.vitals import job_figures, worker_warnings

pytestmark = pytest.mark.django_db


def worker_heard(seconds_ago: int) -> None:
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_a_desk_whose_worker_is_silent_says_so():
    worker_heard(seconds_ago=300)

    assert ["harken worker" in sentence for sentence in worker_warnings()] == [True]


def test_a_desk_whose_worker_was_just_heard_has_nothing_to_say():
    worker_heard(seconds_ago=300)
    worker_heard(seconds_ago=2)

    assert list(worker_warnings()) == []


def test_jobs_that_wait_are_counted_by_queue():
    with connection.cursor() as sql:
        sql.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) SELECT 'mail-in', 't' FROM generate_series(1, 3)"
        )

    [figure] = job_figures()

    assert (figure.value, figure.labels) == (3, {"queue": "mail-in", "status": "todo"})

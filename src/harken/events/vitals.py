"""What `/readyz`, `/metrics` and `doctor` learn about jobs and the workers that do them."""

from collections.abc import Iterable

from django.db import connection

from harken.lib.vitals import Figure

SILENCE_SECONDS = 60


def worker_warnings() -> Iterable[str]:
    """Say so when no worker was heard of for a minute: the desk is open, and nothing goes in or out."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [SILENCE_SECONDS],
        )
        if not sql.fetchone()[0]:
            yield "No worker was seen in the last minute: mail waits, in and out. Start `harken worker`."


def job_figures() -> Iterable[Figure]:
    """Count the jobs that are not done; those that are done are not kept."""
    with connection.cursor() as sql:
        sql.execute(
            "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"
        )
        for queue, status, count in sql.fetchall():
            yield Figure(
                "harken_jobs", "Jobs that are not done, by queue.", count, {"queue": queue, "status": status}
            )

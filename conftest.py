import pytest
from django.db import connection

from harken.config import static
from harken.workspaces import wall


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """Pages name their style sheets by hash, as `harken up` does."""
    static.gather()


@pytest.fixture(autouse=True)
def outside_of_all_workspaces(request):
    """A test starts and ends outside; the factories enter the workspace they make."""
    # The wall is left while the database may still be spoken to.
    for database in {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue(database)
    wall.leave()
    yield
    wall.leave()
    if _commits(request):
        _forget_jobs()


def _commits(request):
    marker = request.node.get_closest_marker("django_db")
    return "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))


def _forget_jobs():
    """Empty Procrastinate's tables: Django empties only those of its own models after a test that committed."""
    with connection.cursor() as sql:
        sql.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")

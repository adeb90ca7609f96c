import pytest

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

import pytest

from harken.workspaces import wall


@pytest.fixture(autouse=True)
def outside_of_all_workspaces(request):
    """A test starts and ends outside; the factories enter the workspace they make."""
    # The wall is left while the database may still be spoken to.
    for database in {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue(database)
    wall.leave()
    yield
    wall.leave()

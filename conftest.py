import pytest

from harken.workspaces import wall


@pytest.fixture(autouse=True)
def outside_of_all_workspaces():
    """A test starts and ends outside; the factories enter the workspace they make."""
    wall.leave()
    yield
    wall.leave()

import pytest

from harken.config import static
from harken.workspaces import wall


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """Pages name their style sheets by hash, as `harken up` does."""
    static.gather()


@pytest.fixture(autouse=True)
def outside_of_all_workspaces():
    """A test starts and ends outside; the factories enter the workspace they make."""
    wall.leave()
    yield
    wall.leave()

import pytest

from harken.agents.factories import make_agent
from harken.desk.tests.visits import Visitor


@pytest.fixture
def olga() -> Visitor:
    """Olga, signed in to a workspace of hers."""
    return Visitor.signed_in(make_agent())


@pytest.fixture
def mallory() -> Visitor:
    """Mallory, signed in to another workspace; the one entered stays entered."""
    return Visitor.stranger()

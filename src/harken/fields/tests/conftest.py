import pytest

from harken.agents.factories import make_agent
from harken.agents.models import Agent


@pytest.fixture
def olga(db: None) -> Agent:
    return make_agent()

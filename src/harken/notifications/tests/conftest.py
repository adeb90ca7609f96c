from typing import Any

import pytest
from django.test import Client

from harken.workspaces import wall


class Visitor(Client):
    """Asks as a browser does; the test stays in the workspace it was in, which a request leaves at its end."""

    def request(self, **request: Any) -> Any:
        before = wall.current()
        try:
            return super().request(**request)
        finally:
            if before is not None:
                wall.enter(before)


@pytest.fixture
def client() -> Client:
    return Visitor()

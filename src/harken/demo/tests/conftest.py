"""The demo workspace, furnished once for a file of tests and taken back afterwards."""

import pytest
from django.db import transaction

from harken.demo.furnish import furnish
from harken.workspaces import wall


@pytest.fixture(scope="module")
def _furnished(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield furnish()
        transaction.set_rollback(True)


@pytest.fixture
def fennel(_furnished, db):
    """The demo workspace, entered."""
    with wall.inside(_furnished.pk):
        yield _furnished

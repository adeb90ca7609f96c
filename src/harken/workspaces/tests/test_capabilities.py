from types import SimpleNamespace
from typing import Any

import pytest
from django.http import Http404, HttpResponse

from harken.workspaces import capabilities
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


def test_a_new_workspace_has_nothing_switched_on():
    assert Workspace.objects.create(slug="acme", name="Acme").capabilities == []


def test_switching_twice_changes_nothing_the_second_time():
    workspace = make_workspace(capabilities=[])

    assert workspace.switch("inbox", on=True)
    assert not workspace.switch("inbox", on=True)

    assert Workspace.objects.get(pk=workspace.pk).has("inbox")


def test_what_somebody_else_switched_meanwhile_is_not_lost():
    mine = make_workspace(capabilities=[])
    theirs = Workspace.objects.get(pk=mine.pk)
    theirs.capabilities = ["reports"]
    theirs.save()

    mine.switch("inbox", on=True)

    assert Workspace.objects.get(pk=mine.pk).capabilities == ["inbox", "reports"]


def test_a_switch_that_does_not_exist_is_refused():
    with pytest.raises(capabilities.UnknownCapability):
        make_workspace().switch("teleport", on=True)


@pytest.mark.parametrize("is_on", [True, False])
def test_a_page_of_a_capability_is_there_only_while_it_is_on(is_on):
    request: Any = SimpleNamespace(workspace=make_workspace(capabilities=["inbox"] if is_on else []))
    page = capabilities.needs("inbox")(lambda request: HttpResponse("here"))

    if is_on:
        assert page(request).content == b"here"
    else:
        with pytest.raises(Http404):
            page(request)

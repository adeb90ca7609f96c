import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Key

pytestmark = pytest.mark.django_db

# Of a room above, and therefore by name: any table with a workspace would do.
Contact = apps.get_model("contacts", "Contact")


def make_key(workspace):
    with wall.inside(workspace.pk):
        return Key.objects.create(workspace=workspace, purpose="ours", secret=b"secret")


def test_rows_of_another_workspace_are_not_there_even_without_a_filter():
    ours, theirs = make_workspace(), make_workspace()
    make_key(theirs)

    with wall.inside(ours.pk):
        assert not Key.objects.exists()
    with wall.inside(theirs.pk):
        assert Key.objects.get().purpose == "ours"


def test_outside_of_all_workspaces_nothing_of_theirs_is_in_sight():
    make_key(make_workspace())

    with wall.inside(None):
        assert not Key.objects.exists()


def test_a_row_cannot_be_written_into_another_workspace():
    ours, theirs = make_workspace(), make_workspace()

    with (
        wall.inside(ours.pk),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        Key.objects.create(workspace=theirs, purpose="mallory", secret=b"")


def test_a_row_cannot_be_moved_or_removed_through_the_wall():
    ours, theirs = make_workspace(), make_workspace()
    key = make_key(theirs)

    with wall.inside(ours.pk):
        assert Key.objects.filter(pk=key.pk).update(purpose="mallory") == 0
        assert Key.objects.filter(pk=key.pk).delete()[0] == 0

    with wall.inside(theirs.pk):
        assert Key.objects.get().purpose == "ours"


def test_the_block_puts_back_the_workspace_it_was_entered_from():
    ours, theirs = make_workspace(), make_workspace()
    make_key(ours)

    with wall.inside(ours.pk):
        with wall.inside(theirs.pk):
            assert not Key.objects.exists()
        assert Key.objects.exists()
        assert wall.current() == ours.pk


def test_a_broken_transaction_inside_leaves_the_wall_as_it_was():
    ours = make_workspace()
    make_key(ours)
    wall.leave()

    def break_inside():
        with transaction.atomic(), wall.inside(ours.pk), connection.cursor() as cursor:
            cursor.execute("SELECT nothing")

    with pytest.raises(ProgrammingError):
        break_inside()

    assert wall.current() is None
    assert not Key.objects.exists()


def test_a_connection_that_was_opened_anew_knows_the_workspace(transactional_db):
    ours = make_workspace()
    make_key(ours)

    connection.close()

    assert Key.objects.get().purpose == "ours"


def test_the_installation_reads_across_only_the_tables_that_allow_it():
    ours = make_workspace()
    make_key(ours)

    with wall.inside(None), wall.across():
        assert not Key.objects.exists()


def test_every_table_of_a_workspace_is_walled_and_binds_its_owner():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        walled = {name for (name,) in cursor.fetchall()}

    assert wall.walled_tables() <= walled


def test_the_desk_itself_does_not_stand_above_the_wall():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        (is_above,) = cursor.fetchone()

    assert not is_above


def test_raising_the_walls_again_changes_nothing():
    ours, theirs = make_workspace(), make_workspace()
    make_key(theirs)

    wall.raise_walls()

    with wall.inside(ours.pk):
        assert not Key.objects.exists()

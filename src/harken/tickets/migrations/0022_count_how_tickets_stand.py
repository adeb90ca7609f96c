import django.db.models.deletion
from django.db import migrations, models

_ONGOING = "('open', 'waiting', 'set_aside', 'accepted')"
_ADD = "INSERT INTO tickets_standingcount (workspace_id, state, assignee_id, is_our_turn, change)"
_BEFORE = "(OLD.workspace_id, OLD.state, OLD.assignee_id, OLD.waiting_since IS NULL)"
_AFTER = "(NEW.workspace_id, NEW.state, NEW.assignee_id, NEW.waiting_since IS NULL)"
_COUNT = f"""
    CREATE FUNCTION tickets_count_standing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' AND OLD.state IN {_ONGOING} THEN
            {_ADD} VALUES (OLD.workspace_id, OLD.state, OLD.assignee_id, OLD.waiting_since IS NOT NULL, -1);
        END IF;
        IF TG_OP <> 'DELETE' AND NEW.state IN {_ONGOING} THEN
            {_ADD} VALUES (NEW.workspace_id, NEW.state, NEW.assignee_id, NEW.waiting_since IS NOT NULL, 1);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER count_new AFTER INSERT ON tickets_ticket FOR EACH ROW
        WHEN (NEW.state IN {_ONGOING}) EXECUTE FUNCTION tickets_count_standing();
    CREATE TRIGGER count_changed AFTER UPDATE OF workspace_id, state, assignee_id, waiting_since ON tickets_ticket
        FOR EACH ROW WHEN ({_BEFORE} IS DISTINCT FROM {_AFTER}) EXECUTE FUNCTION tickets_count_standing();
    CREATE TRIGGER count_gone AFTER DELETE ON tickets_ticket FOR EACH ROW
        WHEN (OLD.state IN {_ONGOING}) EXECUTE FUNCTION tickets_count_standing();
"""
_FORGET = """
    DROP TRIGGER count_new ON tickets_ticket;
    DROP TRIGGER count_changed ON tickets_ticket;
    DROP TRIGGER count_gone ON tickets_ticket;
    DROP FUNCTION tickets_count_standing();
"""
_FILL = f"""
    {_ADD} SELECT workspace_id, state, assignee_id, waiting_since IS NOT NULL, count(*) FROM tickets_ticket
    WHERE workspace_id = %s AND state IN {_ONGOING} GROUP BY 1, 2, 3, 4
"""


def fill(apps, schema_editor):
    """Count what is there. The triggers' lock keeps everybody else from changing a ticket until this commits."""
    with schema_editor.connection.cursor() as cursor:
        for workspace in apps.get_model("workspaces", "Workspace").objects.all():
            # The tables stand behind row-level security: rows are seen from inside their workspace alone.
            _enter(cursor, str(workspace.pk))
            cursor.execute(_FILL, [workspace.pk])
        _enter(cursor, "")


def _enter(cursor, workspace_id):
    cursor.execute("SELECT set_config('harken.workspace', %s, false)", [workspace_id])


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0021_say_more_acts_on_many"),
        ("workspaces", "0005_choose_how_long_to_take_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("waiting", "waiting for them"),
                            ("set_aside", "set aside"),
                            ("accepted", "accepted"),
                            ("closed", "closed"),
                            ("closed_unsuccessfully", "closed without success"),
                            ("spam", "spam"),
                            ("merged", "merged"),
                        ],
                        max_length=24,
                    ),
                ),
                ("assignee_id", models.BigIntegerField(null=True)),
                ("is_our_turn", models.BooleanField()),
                ("change", models.IntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="workspaces.workspace",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(_COUNT, _FORGET),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

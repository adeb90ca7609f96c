from django.db import migrations

_RECALL = """
    UPDATE contacts_contact SET last_heard_at = heard.at
    FROM (
        SELECT author_contact_id, max(created_at) AS at FROM tickets_message
        WHERE kind = 'contact' AND NOT is_automatic AND workspace_id = %s GROUP BY 1
    ) AS heard
    WHERE contacts_contact.id = heard.author_contact_id
"""


def recall(apps, schema_editor):
    """Tell of each contact when they wrote last; twice is harmless."""
    with schema_editor.connection.cursor() as cursor:
        for workspace in apps.get_model("workspaces", "Workspace").objects.all():
            # The tables stand behind row-level security: rows are seen from inside their workspace alone.
            _enter(cursor, str(workspace.pk))
            cursor.execute(_RECALL, [workspace.pk])
        _enter(cursor, "")


def _enter(cursor, workspace_id):
    cursor.execute("SELECT set_config('harken.workspace', %s, false)", [workspace_id])


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_ticket_add_index_by_company")]

    operations = [migrations.RunPython(recall, migrations.RunPython.noop)]

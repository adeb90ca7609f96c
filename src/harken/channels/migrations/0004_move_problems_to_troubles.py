from django.db import migrations


def move(apps, schema_editor):
    """Keep each channel's sentence as the trouble of one part, until that part is looked at again."""
    channels, troubles = apps.get_model("channels", "Channel"), apps.get_model("channels", "Trouble")
    for workspace in apps.get_model("workspaces", "Workspace").objects.all():
        _enter(schema_editor, str(workspace.pk))
        for channel in channels.objects.filter(workspace=workspace).exclude(problem=""):
            mailbox = getattr(channel, "mailbox", None)
            troubles.objects.create(
                workspace=workspace,
                channel=channel,
                part="fetching" if mailbox and mailbox.imap_host else "sending",
                code="ToldBefore",
                details={"words": channel.problem, "safe": ""},
                **({"since": channel.problem_since} if channel.problem_since else {}),
            )
    _enter(schema_editor, "")


def _enter(schema_editor, workspace_id):
    # The tables stand behind row-level security: rows are seen from inside their workspace alone.
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('harken.workspace', %s, false)", [workspace_id])


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_keep_troubles_heartbeats_and_grants")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]

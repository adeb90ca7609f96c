from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="workspace", name="capabilities", field=models.JSONField(default=list, blank=True)
        ),
        # Whoever works with the inbox already keeps it.
        migrations.RunSQL(
            "UPDATE workspaces_workspace SET capabilities = '[\"inbox\"]'", migrations.RunSQL.noop
        ),
    ]

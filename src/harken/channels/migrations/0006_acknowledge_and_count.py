import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0005_drop_the_one_problem"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=30)),
                ("whom", models.CharField(max_length=500)),
                ("since", models.DateTimeField()),
                ("count", models.PositiveIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={"verbose_name_plural": "tallies"},
        ),
        migrations.AddConstraint(
            model_name="tally",
            constraint=models.UniqueConstraint(
                fields=("workspace", "what", "whom"), name="one_tally_per_thing"
            ),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="acknowledgement",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="mailbox",
            name="acknowledges",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["workspace", "address", "-id"], name="deliveries_by_address"),
        ),
        # Counts of the last hour: nothing that a crash would have to bring back.
        migrations.RunSQL("ALTER TABLE channels_tally SET UNLOGGED", "ALTER TABLE channels_tally SET LOGGED"),
    ]

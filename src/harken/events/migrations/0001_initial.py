import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import harken.events.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("type", models.CharField(max_length=60)),
                ("about_type", models.CharField(max_length=40)),
                ("about_id", models.BigIntegerField()),
                ("ticket_id", models.BigIntegerField(null=True)),
                ("agent_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "transaction_id",
                    harken.events.fields.TransactionIdField(
                        db_default=harken.events.fields.CurrentTransaction(), editable=False
                    ),
                ),
                ("data", models.JSONField(default=dict)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["workspace", "transaction_id"], name="events_by_transaction"),
                    models.Index(fields=["workspace", "ticket_id", "id"], name="events_of_a_ticket"),
                ],
            },
        ),
    ]

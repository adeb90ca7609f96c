import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0006_choose_how_to_work"),
        ("contacts", "0005_answer_own_fields"),
        ("fields", "0001_ask_for_what_is_ours"),
        ("tickets", "0017_send_hidden_copies"),
        ("workspaces", "0004_ask_for_a_second_factor"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="fields",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name="Area",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("place", models.PositiveIntegerField(default=0)),
                ("is_archived", models.BooleanField(default=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="ticket",
            name="area",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tickets",
                to="tickets.area",
            ),
        ),
        migrations.CreateModel(
            name="FieldAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.CharField(max_length=200)),
                (
                    "field",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="fields.field",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("place", models.PositiveIntegerField(default=0)),
                ("is_archived", models.BooleanField(default=False)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("waiting", "waiting for them"),
                            ("set_aside", "set aside"),
                            ("accepted", "accepted"),
                            ("closed", "closed"),
                            ("closed_unsuccessfully", "closed without success"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="ticket",
            name="own_state",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tickets",
                to="tickets.ownstate",
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.UniqueConstraint(
                models.F("workspace"), django.db.models.functions.text.Lower("name"), name="one_area_per_name"
            ),
        ),
        migrations.AddIndex(
            model_name="fieldanswer",
            index=models.Index(fields=["field", "value", "ticket"], name="tickets_by_field_answer"),
        ),
        migrations.AddConstraint(
            model_name="fieldanswer",
            constraint=models.UniqueConstraint(
                fields=("ticket", "field", "value"), name="an_answer_is_found_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownstate",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                name="one_own_state_per_name_and_workspace",
            ),
        ),
    ]

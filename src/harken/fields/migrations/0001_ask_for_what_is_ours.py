import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("workspaces", "0004_ask_for_a_second_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="Field",
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
                    "about",
                    models.CharField(
                        choices=[("ticket", "Requests"), ("contact", "People"), ("company", "Companies")],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text, one line"),
                            ("long_text", "Text, several lines"),
                            ("number", "Number"),
                            ("date", "Day"),
                            ("yes_no", "Yes or no"),
                            ("one_of", "One of several"),
                            ("several_of", "Any of several"),
                        ],
                        max_length=12,
                    ),
                ),
                ("options", models.JSONField(default=list)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "about", "key"), name="one_field_per_key"),
                    models.UniqueConstraint(
                        models.F("workspace"),
                        models.F("about"),
                        django.db.models.functions.text.Lower("name"),
                        name="one_field_per_name",
                    ),
                ],
            },
        ),
    ]

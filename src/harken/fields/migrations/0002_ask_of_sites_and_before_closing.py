from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fields", "0001_ask_for_what_is_ours"),
        ("workspaces", "0005_choose_how_long_to_take_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="field",
            name="is_needed_to_close",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AlterField(
            model_name="field",
            name="about",
            field=models.CharField(
                choices=[
                    ("ticket", "Requests"),
                    ("contact", "People"),
                    ("company", "Companies"),
                    ("site", "Sites"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="field",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_needed_to_close", False), ("about", "ticket"), _connector="OR"),
                name="only_tickets_are_closed",
            ),
        ),
    ]

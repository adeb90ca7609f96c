import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0002_cache_table"),
        ("contacts", "0003_know_people_better"),
        ("tickets", "0006_set_aside_and_accept"),
        ("workspaces", "0002_keep_what_is_switched_on"),
    ]

    operations = [
        migrations.CreateModel(
            name="Beginning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="beginning",
            name="ticket",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tickets.ticket"
            ),
        ),
        migrations.AddField(
            model_name="beginning",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddConstraint(
            model_name="beginning",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="one_ticket_per_form"),
        ),
    ]

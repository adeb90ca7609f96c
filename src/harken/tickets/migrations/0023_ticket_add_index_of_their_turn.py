from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("tickets", "0022_count_how_tickets_stand")]

    operations = [
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("open", "waiting", "set_aside", "accepted")), ("waiting_since", None)
                ),
                fields=["workspace", "-last_activity_at", "-id"],
                name="tickets_their_turn",
            ),
        ),
    ]

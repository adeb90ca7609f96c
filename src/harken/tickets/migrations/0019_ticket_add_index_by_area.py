from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tickets", "0018_call_things_by_own_names"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="ticket",
            index=models.Index(
                fields=["area", "id"], condition=models.Q(area__isnull=False), name="tickets_by_area"
            ),
        ),
    ]

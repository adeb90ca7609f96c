import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("agents", "0006_choose_how_to_work"),
        ("tickets", "0024_begin_with_a_letter"),
    ]

    operations = [
        AddIndexConcurrently(
            "message",
            models.Index(
                fields=["author_agent", "id"],
                condition=models.Q(author_agent__isnull=False),
                name="messages_by_colleague",
            ),
        ),
        # The one that it had had each customer's letter, too.
        migrations.AlterField(
            model_name="message",
            name="author_agent",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="agents.agent",
            ),
        ),
    ]

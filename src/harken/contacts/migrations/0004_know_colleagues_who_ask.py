import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0004_remember_plain_text"),
        ("contacts", "0003_know_people_better"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="colleague",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="agents.agent",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0005_answer_own_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="fields",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]

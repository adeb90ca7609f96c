from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0004_know_colleagues_who_ask"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="fields",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="contact",
            name="fields",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]

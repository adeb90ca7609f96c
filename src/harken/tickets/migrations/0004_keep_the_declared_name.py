from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0003_know_other_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="declared_name",
            field=models.CharField(blank=True, default="", max_length=255),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0004_keep_the_declared_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="draftfile",
            name="declared_name",
            field=models.CharField(blank=True, default="", max_length=255),
        ),
    ]

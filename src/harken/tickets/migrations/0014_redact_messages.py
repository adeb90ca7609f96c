from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0013_put_tags_on_tickets"),
    ]

    operations = [
        migrations.AddField(model_name="message", name="redaction", field=models.JSONField(null=True)),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0027_take_back_what_is_done_to_tags")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="needed",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]

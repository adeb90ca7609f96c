import django.db.models.functions.text
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    """A tag that is dropped or put together with another keeps its places, so that it can come back."""

    dependencies = [("tickets", "0026_schedule_letters")]

    operations = [
        migrations.AddField(
            model_name="tag",
            name="gone_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="tickettag",
            name="came_by",
            field=ArrayField(models.BigIntegerField(), default=list),
        ),
        migrations.RemoveConstraint(model_name="tag", name="one_tag_per_name_and_workspace"),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                models.F("workspace"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("gone_by", None)),
                name="one_tag_per_name_and_workspace",
            ),
        ),
    ]

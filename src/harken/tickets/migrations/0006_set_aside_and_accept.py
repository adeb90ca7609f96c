from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0005_keep_a_drafts_declared_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket", name="set_aside_until", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(model_name="ticket", name="accepted_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(set_aside_until=None) | models.Q(state="set_aside"),
                name="only_what_is_set_aside_comes_back",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0004_renew_what_was_renamed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="renewal",
            name="of",
            field=models.CharField(
                choices=[
                    ("contact", "Contact"),
                    ("company", "Company"),
                    ("ticket", "Ticket"),
                    ("agent", "Agent"),
                ],
                max_length=10,
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0014_redact_messages"),
        ("workspaces", "0004_ask_for_a_second_factor"),
    ]

    operations = [
        migrations.CreateModel(
            name="Talk",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("telegram", "Telegram"),
                            ("whatsapp", "WhatsApp"),
                            ("sms", "Text message"),
                            ("in_person", "In person"),
                            ("other", "Elsewhere"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("incoming", "They came to us"), ("outgoing", "We went to them")],
                        max_length=10,
                    ),
                ),
                ("minutes", models.PositiveIntegerField(null=True)),
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="talk", to="tickets.message"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
        ),
    ]

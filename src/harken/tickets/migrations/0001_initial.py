import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agents", "0001_initial"),
        ("contacts", "0001_initial"),
        ("files", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("contact", "from the customer"), ("reply", "reply"), ("note", "note")],
                        max_length=10,
                    ),
                ),
                ("author_address", models.CharField(default="", max_length=500)),
                ("text", models.TextField()),
                ("visible_text", models.TextField(default="")),
                ("html", models.TextField(default="")),
                ("language", models.CharField(default="", max_length=10)),
                ("to", models.JSONField(default=list)),
                ("cc", models.JSONField(default=list)),
                ("external_id", models.TextField(default="")),
                ("external_hash", models.BigIntegerField(null=True)),
                ("is_automatic", models.BooleanField(default=False)),
                ("references", models.JSONField(default=list)),
                ("sent_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author_agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="agents.agent",
                    ),
                ),
                (
                    "author_contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="contacts.contact",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "ordering": ("ticket_id", "position"),
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content_id", models.CharField(default="", max_length=500)),
                ("is_inline", models.BooleanField(default=False)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.file"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="tickets.message",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField()),
                ("subject", models.CharField(blank=True, default="", max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("waiting", "waiting for them"),
                            ("set_aside", "set aside"),
                            ("accepted", "accepted"),
                            ("closed", "closed"),
                            ("closed_unsuccessfully", "closed without success"),
                            ("spam", "spam"),
                            ("merged", "merged"),
                        ],
                        default="open",
                        max_length=24,
                    ),
                ),
                ("channel_kind", models.CharField(default="email", max_length=20)),
                ("channel_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "last_activity_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("waiting_since", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("preview", models.CharField(default="", max_length=200)),
                ("last_message_id", models.BigIntegerField(null=True)),
                ("last_position", models.PositiveIntegerField(default=0)),
                ("message_count", models.PositiveIntegerField(default=0)),
                ("has_files", models.BooleanField(default=False)),
                ("has_problem", models.BooleanField(default=False)),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tickets",
                        to="agents.agent",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tickets",
                        to="contacts.company",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="contacts.contact",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Participant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=500)),
                ("is_copied", models.BooleanField(default=False)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="participants",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="message",
            name="ticket",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="tickets.ticket"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["workspace", "state", "-last_activity_at", "-id"], name="tickets_by_state"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["workspace", "assignee", "state", "-last_activity_at", "-id"],
                name="tickets_by_assignee",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["workspace", "-last_activity_at", "-id"], name="tickets_by_activity"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["workspace", "requester", "-last_activity_at"], name="tickets_by_requester"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                fields=("workspace", "number"), name="one_number_per_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="participant",
            constraint=models.UniqueConstraint(
                fields=("ticket", "address"), name="one_participant_per_address"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["workspace", "external_hash"], name="messages_by_reference"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("ticket", "position"), name="one_message_per_position"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("waiting_since__isnull", False)),
                fields=["workspace", "waiting_since", "id"],
                name="tickets_longest_waiting",
            ),
        ),
    ]

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

import harken.workspaces.encryption


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tickets", "0001_initial"),
        ("workspaces", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("email", "e-mail")], default="email", max_length=20)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("address", models.CharField(max_length=320)),
                ("is_active", models.BooleanField(default=True)),
                ("problem", models.TextField(blank=True, default="")),
                ("problem_since", models.DateTimeField(null=True)),
                ("last_received_at", models.DateTimeField(null=True)),
                ("last_checked_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=500)),
                (
                    "role",
                    models.CharField(
                        choices=[("to", "To"), ("cc", "Cc"), ("bcc", "Bcc")], default="to", max_length=3
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "on its way"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                            ("deferred", "will be tried again"),
                            ("failed", "not delivered"),
                            ("unknown", "perhaps delivered"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("is_handed_over", models.BooleanField(default=False)),
                ("silences", models.PositiveIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("words", models.TextField(default="")),
                ("queued_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="tickets.message",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_name", models.CharField(blank=True, default="", max_length=200)),
                ("imap_host", models.CharField(blank=True, default="", max_length=253)),
                ("imap_port", models.PositiveIntegerField(default=993)),
                (
                    "imap_security",
                    models.CharField(
                        choices=[
                            ("tls", "TLS from the start"),
                            ("starttls", "STARTTLS"),
                            ("none", "no encryption"),
                        ],
                        default="tls",
                        max_length=10,
                    ),
                ),
                ("imap_user", models.CharField(blank=True, default="", max_length=320)),
                ("imap_password", harken.workspaces.encryption.EncryptedTextField(blank=True, default="")),
                ("imap_folder", models.CharField(default="INBOX", max_length=255)),
                ("take_from", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "handled",
                    models.CharField(
                        choices=[("flag", "leave it, marked as read"), ("move", "move it to a folder")],
                        default="flag",
                        max_length=10,
                    ),
                ),
                ("handled_folder", models.CharField(default="Harken/done", max_length=255)),
                ("smtp_host", models.CharField(blank=True, default="", max_length=253)),
                ("smtp_port", models.PositiveIntegerField(default=587)),
                (
                    "smtp_security",
                    models.CharField(
                        choices=[
                            ("tls", "TLS from the start"),
                            ("starttls", "STARTTLS"),
                            ("none", "no encryption"),
                        ],
                        default="starttls",
                        max_length=10,
                    ),
                ),
                ("smtp_user", models.CharField(blank=True, default="", max_length=320)),
                ("smtp_password", harken.workspaces.encryption.EncryptedTextField(blank=True, default="")),
                (
                    "channel",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mailbox",
                        to="channels.channel",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
            ],
            options={
                "verbose_name_plural": "mailboxes",
            },
        ),
        migrations.CreateModel(
            name="FolderState",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.CharField(max_length=255)),
                ("uidvalidity", models.BigIntegerField()),
                ("highest_uid", models.BigIntegerField(default=0)),
                (
                    "workspace",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="folders",
                        to="channels.mailbox",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RawMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.BigIntegerField()),
                (
                    "workspace",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("imap", "IMAP"), ("smtp", "SMTP"), ("deliver", "harken deliver")],
                        max_length=10,
                    ),
                ),
                ("folder", models.CharField(default="", max_length=255)),
                ("uidvalidity", models.BigIntegerField(null=True)),
                ("uid", models.BigIntegerField(null=True)),
                ("envelope_from", models.CharField(default="", max_length=500)),
                ("envelope_to", models.JSONField(default=list)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("opened", "opened a request"),
                            ("joined", "joined a request"),
                            ("bounced", "delivery failure, joined to its message"),
                            ("loop", "loop stopped"),
                            ("duplicate", "came before"),
                            ("spam", "spam"),
                            ("held", "held for a person"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(default="")),
                ("content_sha256", models.CharField(default="", max_length=64)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="arrivals",
                        to="tickets.message",
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="duplicates",
                        to="channels.arrival",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="arrivals",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="arrivals",
                        to="channels.channel",
                    ),
                ),
                (
                    "raw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="channels.rawmail",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="channel",
            index=models.Index(fields=["workspace", "kind"], name="channels_of_a_workspace"),
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(fields=("kind", "address"), name="one_channel_per_address"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["workspace", "state", "next_try_at"], name="deliveries_to_do"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("message", "address"), name="one_delivery_per_recipient"
            ),
        ),
        migrations.AddConstraint(
            model_name="folderstate",
            constraint=models.UniqueConstraint(
                fields=("mailbox", "folder", "uidvalidity"), name="one_state_per_folder"
            ),
        ),
        migrations.AddConstraint(
            model_name="rawmail",
            constraint=models.UniqueConstraint(
                fields=("workspace", "sha256"), name="one_raw_mail_per_content", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["workspace", "state", "-id"], name="arrivals_by_state"),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["workspace", "content_sha256"], name="arrivals_by_content"),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                fields=("channel", "folder", "uidvalidity", "uid"), name="one_arrival_per_uid"
            ),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["opened", "joined", "bounced", "loop", "spam"])),
                fields=("workspace", "content_sha256"),
                name="one_message_per_letter",
            ),
        ),
    ]

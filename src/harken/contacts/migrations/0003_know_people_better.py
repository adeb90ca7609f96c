import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import harken.workspaces.encryption
import harken.workspaces.validators


class Migration(migrations.Migration):
    dependencies = [
        ("agents", "0002_cache_table"),
        ("contacts", "0002_keep_the_health_of_addresses"),
        ("files", "0001_initial"),
        ("workspaces", "0002_keep_what_is_switched_on"),
    ]

    operations = [
        migrations.CreateModel(
            name="Merge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("moved", models.JSONField(default=dict)),
                ("filled", models.JSONField(default=dict)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("undone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="PeopleImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[("people", "people"), ("companies", "companies")],
                        default="people",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "waits for your word"),
                            ("running", "is being taken in"),
                            ("done", "done"),
                            ("failed", "broke off"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                (
                    "charset",
                    models.CharField(
                        choices=[
                            ("utf-8", "UTF-8"),
                            ("utf-16-le", "UTF-16"),
                            ("utf-16-be", "UTF-16 BE"),
                            ("cp1251", "Windows-1251"),
                            ("cp932", "Shift-JIS"),
                            ("cp1252", "Windows-1252, Latin-1"),
                            ("cp1256", "Windows-1256"),
                        ],
                        default="utf-8",
                        max_length=20,
                    ),
                ),
                (
                    "delimiter",
                    models.CharField(
                        choices=[(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "vertical bar")],
                        default=",",
                        max_length=1,
                    ),
                ),
                ("columns", models.JSONField(default=list)),
                ("replaces", models.BooleanField(default=False)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("added", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PlanChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("plan", models.CharField(blank=True, default="", max_length=100)),
                ("price", models.CharField(blank=True, default="", max_length=100)),
                ("seats", models.PositiveIntegerField(null=True)),
                ("seats_bought", models.PositiveIntegerField(null=True)),
                ("plan_before", models.CharField(blank=True, default="", max_length=100)),
                ("seats_before", models.PositiveIntegerField(null=True)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=300)),
                ("sort_key", models.CharField(default="", editable=False, max_length=300)),
                ("address", models.CharField(blank=True, default="", max_length=500)),
                ("host", models.CharField(blank=True, default="", max_length=300)),
                ("access_notes", harken.workspaces.encryption.EncryptedTextField(blank=True, default="")),
                ("agreed", models.TextField(blank=True, default="")),
                ("revision", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.AddField(
            model_name="company",
            name="about",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="company",
            name="customer_since",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="plan",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="company",
            name="price",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="company",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="company",
            name="seats",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="company",
            name="seats_bought",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="job",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="contact",
            name="last_heard_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="merged",
                to="contacts.contact",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="contact",
            name="time_zone",
            field=models.CharField(
                blank=True, default="", max_length=64, validators=[harken.workspaces.validators.known_zone]
            ),
        ),
        migrations.AddField(
            model_name="identity",
            name="is_preferred",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="identity",
            name="written",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AlterField(
            model_name="identity",
            name="kind",
            field=models.CharField(
                choices=[("email", "e-mail"), ("phone", "phone")], default="email", max_length=20
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["workspace", "-last_heard_at", "-id"], name="contacts_by_last_heard"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["company", "-last_heard_at"], name="contacts_of_a_company"),
        ),
        migrations.AddField(
            model_name="merge",
            name="agent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agents.agent"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="contacts.contact"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="into",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="merges", to="contacts.contact"
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="note",
            name="agent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agents.agent"
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="company",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notes",
                to="contacts.company",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notes",
                to="contacts.contact",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="agent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agents.agent"
            ),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.file"
            ),
        ),
        migrations.AddField(
            model_name="peopleimport",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="planchange",
            name="agent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="agents.agent"
            ),
        ),
        migrations.AddField(
            model_name="planchange",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="plan_changes",
                to="contacts.company",
            ),
        ),
        migrations.AddField(
            model_name="planchange",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddField(
            model_name="site",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="sites", to="contacts.company"
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="workspace",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"),
        ),
        migrations.AddConstraint(
            model_name="merge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("contact",),
                name="nobody_is_merged_twice_at_once",
            ),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["contact", "-created_at", "-id"], name="notes_of_a_contact"),
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["company", "-created_at", "-id"], name="notes_of_a_company"),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("contact", None), ("company", None), _connector="XOR"),
                name="a_note_is_about_a_person_or_a_company",
            ),
        ),
        migrations.AddIndex(
            model_name="peopleimport",
            index=models.Index(fields=["workspace", "-id"], name="people_imports_newest_first"),
        ),
        migrations.AddIndex(
            model_name="planchange",
            index=models.Index(fields=["company", "-at", "-id"], name="plan_changes_of_a_company"),
        ),
        migrations.AddIndex(
            model_name="site",
            index=models.Index(fields=["workspace", "-id"], name="sites_newest_first"),
        ),
    ]

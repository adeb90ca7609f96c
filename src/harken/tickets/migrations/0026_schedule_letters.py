from django.db import migrations, models


class Migration(migrations.Migration):
    """A letter that waits for its time keeps the key of its form, under which another may be begun."""

    dependencies = [("tickets", "0025_find_what_a_colleague_wrote")]

    operations = [
        migrations.RemoveConstraint(model_name="draft", name="one_letter_per_key"),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("leaves_at", None), ("ticket", None)),
                fields=("agent", "key"),
                name="one_letter_per_key",
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unseen", "Not sent: something new had arrived that you had not seen."),
                    ("unverified", "Not sent: the letter could not be proved to be yours."),
                    ("merged", "Not sent: the request was merged into another one."),
                    ("stopped", "Not sent: a colleague stopped what you had scheduled."),
                    (
                        "mailbox",
                        "Not sent: the mailbox it was to leave from is gone. Choose another one, then send it.",
                    ),
                    (
                        "refused",
                        "Not sent: at its time something stood against it. Look, then send it again.",
                    ),
                ],
                default="",
                max_length=20,
            ),
        ),
    ]

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("search", "0002_save_views"),
    ]

    operations = [
        migrations.AddField("filling", "left", models.IntegerField(null=True)),
        # Their counts grow in place: a row that moves is written into three indexes.
        migrations.RunSQL(
            "ALTER TABLE search_word SET (fillfactor = 70)", "ALTER TABLE search_word RESET (fillfactor)"
        ),
        # Kept as they are: to compress the words of a long message takes longer than to index them.
        migrations.RunSQL(
            "ALTER TABLE search_document ALTER COLUMN words SET STORAGE EXTERNAL",
            "ALTER TABLE search_document ALTER COLUMN words SET STORAGE EXTENDED",
        ),
        # The same index with other options: nothing is built anew.
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "ALTER INDEX documents_by_words SET (fastupdate = on, gin_pending_list_limit = 65536)",
                    "ALTER INDEX documents_by_words SET (fastupdate = off)",
                )
            ],
            [
                migrations.RemoveIndex("document", "documents_by_words"),
                migrations.AddIndex(
                    "document",
                    GinIndex(
                        fields=["workspace_id", "month", "words"],
                        fastupdate=True,
                        gin_pending_list_limit=65_536,
                        name="documents_by_words",
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            "document",
            models.Index(
                fields=["workspace_id", "-at", "-message"],
                condition=models.Q(month__gt=0),
                name="documents_walked",
            ),
        ),
        RemoveIndexConcurrently("document", "documents_newest_first"),
    ]

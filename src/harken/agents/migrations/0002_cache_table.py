from django.db import migrations


class Migration(migrations.Migration):
    """The table behind Django's cache, where the limits of the door are counted for all processes together.

    UNLOGGED: it may be lost in a crash, and costs no write-ahead log.
    """

    dependencies = [("agents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE agents_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX agents_cache_by_age ON agents_cache (expires);
            """,
            "DROP TABLE agents_cache",
        )
    ]

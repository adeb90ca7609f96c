import django.db.models.deletion
from django.db import migrations, models

_ABOUT = ("contact", "company")
# What was chosen of several stands in an array, everything else by itself.
_SAID = """
    jsonb_each(NEW.fields) AS answer CROSS JOIN LATERAL jsonb_array_elements_text(
        CASE jsonb_typeof(answer.value) WHEN 'array' THEN answer.value ELSE jsonb_build_array(answer.value) END
    ) AS said WHERE said IS NOT NULL
"""


def _keep(about):
    return f"""
        CREATE FUNCTION contacts_find_{about}_answers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                DELETE FROM contacts_{about}answer WHERE {about}_id = NEW.id;
            END IF;
            INSERT INTO contacts_{about}answer (workspace_id, {about}_id, key, value)
            SELECT DISTINCT NEW.workspace_id, NEW.id, left(answer.key, 40), left(said, 200) FROM {_SAID};
            RETURN NULL;
        END $$;
        CREATE TRIGGER find_new_answers AFTER INSERT ON contacts_{about} FOR EACH ROW
            WHEN (NEW.fields <> '{{}}') EXECUTE FUNCTION contacts_find_{about}_answers();
        CREATE TRIGGER find_changed_answers AFTER UPDATE OF fields ON contacts_{about} FOR EACH ROW
            WHEN (OLD.fields <> NEW.fields) EXECUTE FUNCTION contacts_find_{about}_answers();
    """


def _forget(about):
    return f"""
        DROP TRIGGER find_new_answers ON contacts_{about};
        DROP TRIGGER find_changed_answers ON contacts_{about};
        DROP FUNCTION contacts_find_{about}_answers();
    """


def _table(model, about, unique, index):
    workspace = models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.CASCADE, to="workspaces.workspace"
    )
    row = models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="answers",
        to=f"contacts.{about}",
    )
    key = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
    return migrations.CreateModel(
        name=model,
        fields=[
            ("id", key),
            ("key", models.CharField(max_length=40)),
            ("value", models.CharField(max_length=200)),
            (about, row),
            ("workspace", workspace),
        ],
        options={
            "indexes": [models.Index(fields=["workspace", "key", "value", about], name=index)],
            "constraints": [models.UniqueConstraint(fields=(about, "key", "value"), name=unique)],
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0006_site_answers_own_fields"),
        ("workspaces", "0005_choose_how_long_to_take_back"),
    ]

    operations = [
        _table("ContactAnswer", "contact", "a_persons_answer_is_found_once", "people_by_answer"),
        _table("CompanyAnswer", "company", "a_companys_answer_is_found_once", "companies_by_answer"),
        *(migrations.RunSQL(_keep(about), _forget(about)) for about in _ABOUT),
    ]

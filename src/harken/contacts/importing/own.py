"""A workspace's own fields as columns of a file."""

from collections.abc import Mapping
from typing import Any

from harken.contacts.importing.columns import Column
from harken.contacts.importing.read import NotUnderstood
from harken.contacts.models import Company, Contact, PeopleImport
from harken.fields.answers import changed, fields_about
from harken.fields.errors import FieldsError
from harken.fields.models import Field
from harken.workspaces.models import Workspace

OWN = "own_"


def own_columns(workspace: Workspace, what: str) -> tuple[Column, ...]:
    """Return a column for each field that is asked of people or of companies, in their order."""
    fields = fields_about(workspace, _about(what))
    return tuple(Column(f"{OWN}{field.key}", field.name, (field.name,)) for field in fields)


def fields_of(importing: PeopleImport) -> dict[str, Field]:
    """Return the fields that were chosen for columns, by the columns' names.

    One that went into the archive since is among them: its answers are kept as those that stand there already.
    """
    chosen = [name.removeprefix(OWN) for name in importing.columns if name.startswith(OWN)]
    if not chosen:
        return {}
    about = {"workspace": importing.workspace_id, "about": _about(importing.what)}
    return {f"{OWN}{field.key}": field for field in Field.objects.filter(**about, key__in=chosen)}


def answered(
    row: Contact | Company | None, given: Mapping[str, Any], fields: Mapping[str, Field], *, replaces: bool
) -> dict[str, Any]:
    """Return all of a row's answers after those of a file; `None` is a row that is not there yet.

    Raises NotUnderstood for an option that is offered no longer where it did not stand.
    """
    known = row.fields if row else {}
    taken = {key: value for key, value in given.items() if replaces or key not in known}
    try:
        return changed(list(fields.values()), known, taken)
    except FieldsError as error:
        raise NotUnderstood(str(error)) from error


def _about(what: str) -> str:
    return Field.About.CONTACT if what == PeopleImport.What.PEOPLE else Field.About.COMPANY

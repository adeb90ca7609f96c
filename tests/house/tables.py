"""Rules about models and the tables they make."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from tests.house.floors import Floors


def keys_pointing_up(tables: Iterable[type[models.Model]], floors: Floors) -> list[str]:
    """Foreign keys to a room that is not below: no import shows them, as a string may name the target."""
    return [
        f"{model._meta.label}.{field.name} points to {_target(field)}"
        for model in tables
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        if (room := model._meta.app_label) in floors
        if (other := _target(field).split(".")[0]) in floors and not floors.may_know(room, other)
    ]


def without_workspace(tables: Iterable[type[models.Model]], allowed: set[str]) -> list[str]:
    """Models of a room that belong to no workspace and are not on the list of those that may."""
    return [
        f"{model._meta.label} has no workspace"
        for model in tables
        if model.__module__.startswith("harken.")
        if model._meta.label not in allowed and not _belongs_to_a_workspace(model)
    ]


def unwalled_tables(allowed: set[str]) -> list[str]:
    """Tables with a workspace that stand without forced row-level security or without a policy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE attname = 'workspace_id' AND NOT attisdropped AND relkind IN ('r', 'p')"
            " AND relnamespace = current_schema()::regnamespace"
            " AND NOT (relrowsecurity AND relforcerowsecurity"
            "          AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid))"
            " ORDER BY relname"
        )
        return [f"{table} has no wall" for (table,) in cursor.fetchall() if table not in allowed]


def role_walks_through_walls() -> bool:
    """Say whether the role of this connection is one that row-level security does not bind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _target(field: Any) -> str:
    target = field.remote_field.model
    return target if isinstance(target, str) else target._meta.label


def _belongs_to_a_workspace(model: type[models.Model]) -> bool:
    return any(
        isinstance(field, models.ForeignKey)
        and field.name == "workspace"
        and _target(field) == "workspaces.Workspace"
        for field in model._meta.get_fields()
    )

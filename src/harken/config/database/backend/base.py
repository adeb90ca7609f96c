"""The connection class that Django looks for under this name."""

from functools import cache
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.conninfo import make_conninfo

from harken.config.database.backend.creation import DatabaseCreation
from harken.config.database.preparation import PLAIN_ROLE, is_above_the_wall


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes on a plain role when the role that signs in would pass over row-level security."""

    creation_class = DatabaseCreation

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        place: dict[str, Any] = {
            name: value for name, value in params.items() if isinstance(value, str | int)
        }
        if _signs_in_above_the_wall(make_conninfo(**place)):
            params["options"] = f"{params.get('options', '')} -c role={PLAIN_ROLE}".strip()
        return params


@cache
def _signs_in_above_the_wall(conninfo: str) -> bool:
    with psycopg.connect(conninfo) as connection:
        return is_above_the_wall(connection)

"""How Django finds the database."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from harken.config.database.cluster import Cluster
from harken.config.database.configuration import APPLICATION_ROLE
from harken.config.database.preparation import DATABASE
from harken.config.environment import Environment

_FIELDS = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
# A connection stays open as long as it is sound: opening one costs more than most pages.
_CARE = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
# A database machine that vanishes without a word is given up after seconds; by itself the system waits for minutes,
# and every thread of the desk with it. What DATABASE_URL says is stronger.
_PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


def connection_settings(environment: Environment) -> dict[str, Any]:
    """Return the entry of Django's DATABASES. Nothing is connected to and nothing is started."""
    if environment.is_embedded:
        address = Cluster(environment.data).address
        place = address | {"user": APPLICATION_ROLE, "dbname": DATABASE}
        return {"ENGINE": "django.db.backends.postgresql"} | _entry(place)
    return {"ENGINE": "harken.config.database.backend"} | _entry(
        _PATIENCE | conninfo_to_dict(environment.database_url)
    )


def _entry(place: dict[str, Any]) -> dict[str, Any]:
    fields = {name: str(place.get(key, "")) for name, key in _FIELDS.items()}
    options = {key: value for key, value in place.items() if key not in _FIELDS.values()}
    return fields | _CARE | {"OPTIONS": options}

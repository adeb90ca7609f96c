"""The paths of named routes. A page names a score of them, and Django looks each up anew: here once per process."""

from functools import lru_cache
from typing import Any

from django.urls import reverse

_KNOWN_AT_MOST = 4_000


@lru_cache(maxsize=_KNOWN_AT_MOST)
def path_of(route: str, **parameters: Any) -> str:
    """Return the path of a named route: `path_of("desk:ticket", workspace="acme", number=…)`."""
    return reverse(route, kwargs=parameters)

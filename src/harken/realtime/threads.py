"""Short work with the database on behalf of the event loop, in threads of its own."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import close_old_connections

# Two are enough for the short reads at connect, and a crowd that returns at once cannot take the database.
_readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function that asks the database, and return what it returns."""
    return await asyncio.get_running_loop().run_in_executor(
        _readers, partial(_with_connection, function, *arguments)
    )


def _with_connection(function: Callable[..., Any], *arguments: Any) -> Any:
    # Django does this around requests only: it makes a thread drop a connection that broke, and probe an old one.
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()

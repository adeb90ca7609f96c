"""The account of this machine that PostgreSQL runs under: it refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harken.config.errors import DatabaseRefused


@dataclass(frozen=True)
class Account:
    """A user and group of this machine; `is_ours` when it is the one that runs Harken."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Is nothing to be handed over?"""
        return self.uid == os.geteuid()

    @property
    def process_options(self) -> dict[str, Any]:
        """What `subprocess` needs to run a program under this account."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_run(self, program: Path) -> bool:
        """Ask the kernel as that user: rights on every folder above count as well."""
        if self.is_ours:
            return os.access(program, os.X_OK)
        return subprocess.run(["test", "-x", program], cwd="/", **self.process_options).returncode == 0

    def own(self, folder: Path) -> None:
        """Hand a folder over to the account, closed to everybody else."""
        folder.chmod(0o700)
        if not self.is_ours:
            os.chown(folder, self.uid, self.gid)


def postgresql_account(cluster: Path) -> Account:
    """Return who runs PostgreSQL: ourselves, or for root the owner of the data, or else an account without rights."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if cluster.exists():
        # Numbers, not names: a volume may come back on a machine that gave the name another number.
        return Account(cluster.stat().st_uid, cluster.stat().st_gid)
    return _account_named("harken") or _made_account() or _account_named("nobody") or _refuse()


def _account_named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _made_account() -> Account | None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run([useradd, *options, "--shell", "/usr/sbin/nologin", "harken"], capture_output=True)
    return _account_named("harken")


def _refuse() -> Account:
    raise DatabaseRefused(
        "PostgreSQL refuses to run as root and no other account can be made here: "
        "add a user named harken, or run Harken as an ordinary user."
    )

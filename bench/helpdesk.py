"""django-helpdesk from the package index, in an environment and a database of its own on the same server."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from harken.config.database.cluster import Cluster
from harken.config.database.configuration import APPLICATION_ROLE, SUPERUSER

WANTED = ("django-helpdesk==2.6.1", "psycopg[binary]")
DATABASE = "helpdesk"
TAKES = Path(__file__).with_name("helpdesk_takes.py")


class Helpdesk:
    """An installation that can take letters, for comparison."""

    def __init__(self, folder: Path, cluster: Cluster, smtp_port: int) -> None:
        self._python = str(folder / "helpdesk" / "bin" / "python")
        self._environment = {
            "PATH": os.defpath,
            "HELPDESK_DATABASE": DATABASE,
            "HELPDESK_HOST": str(cluster.address["host"]),
            "HELPDESK_USER": APPLICATION_ROLE,
            "HELPDESK_MEDIA": str(folder / "helpdesk-media"),
            "HELPDESK_SMTP_PORT": str(smtp_port),
        }
        subprocess.run([sys.executable, "-m", "venv", str(folder / "helpdesk")], check=True)
        install = [self._python, "-m", "pip", "install", "--quiet", *WANTED]
        subprocess.run(install, check=True, stdout=sys.stderr)
        _make_database(cluster)
        subprocess.run([self._python, "-P", str(TAKES), "set-up"], env=self._environment, check=True)

    def takes(self, letters: Path) -> "subprocess.Popen[str]":
        """Start a process that takes a folder of letters in at "go"."""
        return subprocess.Popen(
            [self._python, "-P", str(TAKES), str(letters)],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def _make_database(cluster: Cluster) -> None:
    with psycopg.connect(**cluster.address, user=SUPERUSER, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE} OWNER {APPLICATION_ROLE} TEMPLATE template0")

"""Runs the `main` of a module that imports rooms: they can be imported only once Django knows them.

`python -m bench.inside bench.harken_takes FOLDER`
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
from typing import Any

import django

from harken.config.database import open_database
from harken.config.environment import read_environment


def told_by(module: str, *arguments: str) -> Any:
    """What a module prints as JSON, run in a process of its own on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="harken-bench-") as folder:
        os.environ["HARKEN_DATA"] = folder
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "harken.config.settings"}
        with open_database(read_environment()):
            command = [sys.executable, "-m", "bench.inside", module, *arguments]
            done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def main() -> None:
    django.setup()
    importlib.import_module(sys.argv.pop(1)).main()


if __name__ == "__main__":
    main()

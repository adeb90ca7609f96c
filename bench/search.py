"""Search: how soon it answers in five languages, what it misses, what slips it forgives, how fast it is built."""

import json
import os
import subprocess
import sys
import tempfile

from bench.figures import Figure, Figures, Scale
from harken.config.database import open_database
from harken.config.environment import read_environment

MESSAGES = {"small": 20_000, "medium": 200_000, "large": 5_000_000}


def measure(scale: Scale) -> Figures:
    messages = MESSAGES[scale]
    with tempfile.TemporaryDirectory(prefix="harken-bench-") as folder:
        os.environ["HARKEN_DATA"] = folder
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "harken.config.settings"}
        with open_database(read_environment()):
            command = [sys.executable, "-m", "bench.inside", "bench.search_asks", str(messages)]
            told = json.loads(
                subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
            )
    return {
        name: Figure.of(runs, unit, f"{against}; {messages:,} messages") for name, runs, unit, against in told
    }

"""A fresh clone until its command answers: what a newcomer waits for."""

import subprocess
import tempfile
from pathlib import Path

from bench.figures import Figure, Figures, Scale, seconds_of

ROOT = Path(__file__).parent.parent


def measure(scale: Scale) -> Figures:
    runs = [_set_up() for _ in range(3 if scale == "large" else 1)]
    return {
        "set_up_seconds": Figure.of(runs, "s", "G11: at most 60 s on a bare machine, with the package index")
    }


def _set_up() -> float:
    with tempfile.TemporaryDirectory(prefix="harken-bench-") as folder:
        clone = Path(folder) / "harken"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        return seconds_of(
            lambda: subprocess.run([str(clone / "harken"), "version"], check=True, capture_output=True)
        )

"""Run benchmarks: a table on standard error for people, one JSON object on standard output for programs."""

import argparse
import json
import os
import sys
from importlib import import_module

from bench import record
from bench.figures import Figures

NAMES = (
    *("setup", "startup", "mail_in", "mail_scores", "inbox_page", "live", "search"),
    *("lists", "browsing", "lock", "people_import"),
)


def main() -> None:
    asked = _asked()
    results: dict[str, Figures] = {}
    for name in asked.names or NAMES:
        print(f"{name} …", file=sys.stderr)
        results[name] = import_module(f"bench.{name}").measure(asked.scale)
        _show(name, results[name])
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} processors, load {load}", file=sys.stderr)
    told = {name: {key: each.as_json() for key, each in found.items()} for name, found in results.items()}
    print(json.dumps(told))
    for sentence in record.fallen(results):
        print(f"bench: {sentence}", file=sys.stderr)
    if asked.keep:
        record.keep(results)
    if record.fallen(results):
        sys.exit(1)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(NAMES)}; all when none is named"
    )
    parser.add_argument("--scale", choices=("small", "medium", "large"), default="small")
    parser.add_argument("--keep", action="store_true", help="write what is better than ever into the record")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return asked


def _show(name: str, found: Figures) -> None:
    best = record.best_so_far()
    for key, figure in found.items():
        low, high = figure.spread
        value = f"{figure.value:>9} {figure.unit:<4}"
        print(
            f"  {key:<30} {value} ({low} to {high})  {figure.against}{_beside(best.get(f'{name}.{key}'))}",
            file=sys.stderr,
        )


def _beside(best: float | None) -> str:
    return "" if best is None else f"; the record is {best}"


if __name__ == "__main__":
    main()

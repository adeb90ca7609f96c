"""In which order the tests of a run come: those with servers and browsers first, so that none is left for the end.

Each worker of pytest-xdist begins with an equal share of the list, and takes from the end of the others' when it is
done: there lie cheap tests, which need no server of their own once they are taken.
"""

import os
from collections import defaultdict
from itertools import chain, cycle
from pathlib import Path

import pytest

# What a module knows that has a whole installation or a browser started.
_DEAR = {"Harken", "NewHarken", "World", "Browser"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each worker as many dear modules as the others, to begin with, and fill up with cheap tests."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    dear: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in filter(_is_dear, items):
        dear[item.path].append(item)
    cheap = [item for item in items if item.path not in dear]
    shares: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for share, module in zip(cycle(shares), dear.values(), strict=False):
        share += module
    for at, share in enumerate(shares):
        room = len(items) * (at + 1) // workers - len(items) * at // workers - len(share)
        share += cheap[: max(room, 0)]
        del cheap[: max(room, 0)]
    items[:] = [*chain(*shares), *cheap]


def _is_dear(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and not _DEAR.isdisjoint(vars(item.module))

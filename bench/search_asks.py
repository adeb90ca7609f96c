"""One process of `search`, run by `bench.inside`: fills a database, asks, and prints what it measured as JSON."""

import json
import random
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from bench.figures import RUNS, percentile, seconds_of
from bench.search_filled import Installation
from bench.search_texts import SHARES, slipped
from harken.cli.work import tables
from harken.lib import rows
from harken.search.find import find
from harken.search.keep import begin_filling, fill_next
from harken.workspaces import wall

OFTEN, ASKED, CHECKED = 20, 200, 60
MOST_CHECKED = 1000
LONG = 6


def main() -> None:
    tables.make()
    asking = Asking(Installation(int(sys.argv[1])))
    told = asking.build()
    for language in SHARES:
        told += asking.ask_in(language)
    told += asking.ask_small()
    print(json.dumps(told))


class Asking:
    """Questions to a large workspace and to a small one beside it."""

    def __init__(self, installation: Installation) -> None:
        self._chance = random.Random(9)
        self._installation = installation
        self._large, self._others = installation.large, installation.small
        self._small = self._others[0]
        self._having = installation.having

    def build(self) -> list[tuple[str, list[float], str, str]]:
        """Index everything, while letters come."""
        command = [sys.executable, "-m", "bench.inside", "bench.search_beside", self._small.workspace.slug]
        beside = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        done, begun = 0, time.perf_counter()
        for agent in (self._large, *self._others):
            with wall.inside(agent.workspace_id):
                begin_filling(agent.workspace_id)
                while count := fill_next(agent.workspace_id):
                    done += count
        seconds = time.perf_counter() - begun
        taken = [1000 * each for each in json.loads(beside.communicate()[0])]
        rows.ask("ANALYZE")
        return [
            ("built_per_second", [done / seconds], "/s", "messages indexed by one process"),
            ("letter_p95", [percentile(taken, 0.95)], "ms", "a letter that comes meanwhile"),
            ("letter_longest", [max(taken)], "ms", "G5: none above 100 ms"),
        ]

    def ask_in(self, language: str) -> list[tuple[str, list[float], str, str]]:
        words = [word for word in self._installation.watched[language] if word in self._having]
        asked = words[: ASKED - OFTEN] + self._installation.tongues[language].words[:OFTEN]
        runs = [self._p95(self._large, asked) for _ in range(RUNS)]
        return [
            (f"{language}_p95", runs, "ms", "G3: at most 30 ms, a page of 50"),
            (f"{language}_recall", [self._recall(words)], "%", "G3: 100, words as they are written"),
            (f"{language}_slips", [self._forgiven(words)], "%", "G3: at least 80, within five"),
        ]

    def ask_small(self) -> list[tuple[str, list[float], str, str]]:
        tongues = self._installation.tongues
        words = tongues["en"].words[:100] + tongues["ru"].words[:100]
        runs = [self._p95(self._small, words) for _ in range(RUNS)]
        return [("small_p95", runs, "ms", "G4: at most 3 ms, in a small workspace beside it")]

    def _p95(self, agent: Any, words: Iterable[str]) -> float:
        ask = _asking(agent)
        return percentile([seconds_of(partial(ask, word)) for word in words], 0.95) * 1000

    def _recall(self, words: list[str]) -> float:
        """Of all tickets that have a word, how many are found by it, page after page."""
        ask = _asking(self._large)
        wanted = found = 0
        for word in [word for word in words if len(self._having[word]) <= MOST_CHECKED][:CHECKED]:
            seen, before = set[int](), ""
            while True:
                page = ask(word, before)
                seen |= {hit.message.ticket_id for hit in page.hits}
                before = page.next
                if not before:
                    break
            wanted += len(self._having[word])
            found += len(self._having[word] & seen)
        return 100 * found / wanted

    def _forgiven(self, words: list[str]) -> float:
        ask = _asking(self._large)
        long = [word for word in words if len(_plain(word)) >= LONG][:CHECKED]
        hits = sum(
            any(
                hit.message.ticket_id in self._having[word]
                for hit in ask(slipped(word, self._chance)).hits[:5]
            )
            for word in long
        )
        return 100 * hits / len(long)


def _asking(agent: Any) -> Callable[..., Any]:
    wall.enter(agent.workspace_id)

    def ask(word: str, before: str = "") -> Any:
        return find(agent, word, before=before)

    return ask


def _plain(word: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )

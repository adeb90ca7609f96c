"""One process of `search`, run by `bench.inside`: fills a database, asks, and prints what it measured as JSON."""

import json
import random
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from bench.figures import RUNS, percentile, seconds_of
from bench.search_texts import SHARES, Tongue, slipped
from harken.agents.models import Agent
from harken.agents.opening import open_workspace
from harken.cli.work import tables
from harken.contacts.recognise import recognise
from harken.lib import rows
from harken.search.find import find
from harken.search.keep import begin_filling, fill_next
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall

MONTHS = 60
SMALL_SHARE, SMALL_WORKSPACES = 0.1, 20
PER_TICKET, PEOPLE, AT_ONCE = 5, 50, 500
ASKED, CHECKED = 200, 60
MOST_CHECKED = 400
LONG = 6


def main() -> None:
    tables.make()
    installation = Installation(int(sys.argv[1]))
    told = [("built_per_second", [installation.build()], "/s", "messages indexed by one process")]
    for language in SHARES:
        told += installation.ask_in(language)
    told += installation.ask_small()
    print(json.dumps(told))


class Installation:
    """A large workspace and small ones beside it; remembers which tickets have which words."""

    def __init__(self, messages: int) -> None:
        self._chance = random.Random(8)
        self._tongues = {language: Tongue(language) for language in SHARES}
        self._texts = {language: tongue.letters() for language, tongue in self._tongues.items()}
        self._having: defaultdict[str, set[int]] = defaultdict(set)
        self._used: dict[str, set[str]] = {language: set() for language in SHARES}
        self._large = self._workspace("large", int(messages * (1 - SMALL_SHARE)), remember=True)
        count = int(messages * SMALL_SHARE / SMALL_WORKSPACES)
        self._small = [self._workspace(f"small-{at}", count) for at in range(SMALL_WORKSPACES)]

    def build(self) -> float:
        """Index everything; messages a second."""
        done, begun = 0, time.perf_counter()
        for agent in (self._large, *self._small):
            with wall.inside(agent.workspace_id):
                begin_filling(agent.workspace_id)
                while count := fill_next(agent.workspace_id):
                    done += count
        seconds = time.perf_counter() - begun
        rows.ask("ANALYZE")
        return done / seconds

    def ask_in(self, language: str) -> list[tuple[str, list[float], str, str]]:
        words = sorted(self._used[language])
        self._chance.shuffle(words)
        often = self._tongues[language].words[:20]
        asked = words[: ASKED - len(often)] + often
        runs = [self._p95(self._large, asked) for _ in range(RUNS)]
        return [
            (f"{language}_p95", runs, "ms", "G3: at most 30 ms, a page of 50"),
            (f"{language}_recall", [self._recall(words)], "%", "G3: 100, words as they are written"),
            (f"{language}_slips", [self._forgiven(words)], "%", "G3: at least 80, within five"),
        ]

    def ask_small(self) -> list[tuple[str, list[float], str, str]]:
        words = self._tongues["en"].words[:100] + self._tongues["ru"].words[:100]
        runs = [self._p95(self._small[0], words) for _ in range(RUNS)]
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

    def _workspace(self, slug: str, messages: int, *, remember: bool = False) -> Any:
        workspace = open_workspace(slug.title(), owner_email=f"olga@{slug}.example", slug=slug).workspace
        with wall.inside(workspace.pk):
            addresses = [f"ann{at}@crumb{at % 7}.example" for at in range(PEOPLE)]
            people = [recognise(workspace, address, "Ann").contact_id for address in addresses]
            languages = self._chance.choices(list(SHARES), list(SHARES.values()), k=messages // PER_TICKET)
            for start in range(0, len(languages), AT_ONCE):
                part = languages[start : start + AT_ONCE]
                self._write(workspace, people, start, part, remember=remember)
            return Agent.objects.select_related("workspace", "user").get(workspace=workspace)

    def _write(
        self, workspace: Any, people: list[int], start: int, languages: list[str], *, remember: bool
    ) -> None:
        tickets = [
            Ticket(workspace=workspace, number=start + at + 1, requester_id=people[at % PEOPLE])
            for at in range(len(languages))
        ]
        written = []
        for ticket, language in zip(Ticket.objects.bulk_create(tickets), languages, strict=True):
            at = timezone.now() - timedelta(days=self._chance.random() * MONTHS * 30)
            for position in range(1, PER_TICKET + 1):
                text = next(self._texts[language])
                said: dict[str, Any] = {"kind": "contact", "author_contact_id": ticket.requester_id}
                message = Message(
                    workspace=workspace, ticket=ticket, position=position, text=text, created_at=at, **said
                )
                written.append(message)
                if remember:
                    self._remember(language, text, ticket.pk)
        Message.objects.bulk_create(written)

    def _remember(self, language: str, text: str, ticket: int) -> None:
        words = self._tongues[language].words
        used = [word for word in words[20::40] if word in text] if language == "ja" else text[:-1].split()
        self._used[language].update(used)
        for word in used:
            self._having[word].add(ticket)


def _asking(agent: Any) -> Callable[..., Any]:
    wall.enter(agent.workspace_id)

    def ask(word: str, before: str = "") -> Any:
        return find(agent, word, before=before)

    return ask


def _plain(word: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )

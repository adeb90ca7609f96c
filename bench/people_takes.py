"""One process of `people_import`, run by `bench.inside`: takes a file of people in, twice, and prints how fast."""

import csv
import io
import json
import sys
import time
from typing import Any

from harken.agents.models import Agent
from harken.agents.opening import open_workspace
from harken.cli.work import tables
from harken.contacts.importing import take
from harken.contacts.importing.begin import begin, bring
from harken.contacts.models import Contact, PeopleImport
from harken.lib import rows
from harken.workspaces import wall

PEOPLE_OF_A_COMPANY = 25


def main() -> None:
    tables.make()
    count = int(sys.argv[1])
    workspace = open_workspace("Large", owner_email="olga@large.example", slug="large").workspace
    with wall.inside(workspace.pk):
        agent = Agent.objects.select_related("workspace", "user").get()
        new, known = Taking(agent, count), Taking(agent, count)
        refused = count // 100
        assert (new.done.added, new.done.refused) == (count - refused, refused), new.done.problems[:3]
        assert (known.done.unchanged, known.done.refused) == (count - refused, refused)
        assert Contact.objects.count() == count - refused
    told = {"new": [new.per_second], "known": [known.per_second], "slowest_ms": [new.slowest_ms]}
    print(json.dumps(told))


class Taking:
    """A file taken in, and how long that took."""

    def __init__(self, agent: Agent, count: int) -> None:
        brought = bring(agent, "people.csv", _file(count), PeopleImport.What.PEOPLE)
        begin(brought, brought.columns, replaces=False, by=agent)
        self.done = PeopleImport.objects.get(pk=brought.pk)
        batches: list[float] = []
        module: Any = take
        kept = module._take

        def timed(*given: Any) -> None:
            begun = time.perf_counter()
            kept(*given)
            batches.append(time.perf_counter() - begun)

        module._take = timed
        begun = time.perf_counter()
        take.take_in(self.done)
        self.per_second = count / (time.perf_counter() - begun)
        self.slowest_ms = max(batches) * 1000
        module._take = kept
        rows.ask("ANALYZE")


def _file(count: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["Name", "E-mail", "Phone", "Company", "Job title", "Time zone"])
    for number in range(count):
        address = f"ann{number}@crumb{number // PEOPLE_OF_A_COMPANY}.example"
        writer.writerow(
            [
                f"Ann Baker {number}",
                "nobody" if number % 100 == 99 else address,
                f"+49 30 {1_000_000 + number}",
                f"Crumb {number // PEOPLE_OF_A_COMPANY}",
                "Baker",
                "Europe/Berlin",
            ]
        )
    return text.getvalue().encode()

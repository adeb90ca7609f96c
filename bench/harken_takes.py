"""One process of `mail_in`, run by `bench.inside`: takes in a folder of letters at "go", and prints what it took."""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.figures import resident_mb
from bench.letters import letters_in
from harken.channels.arriving import intake, queue
from harken.channels.arriving.settling import Settler, Turn
from harken.channels.models import Mailbox
from harken.lib import rows
from harken.workspaces import wall
from harken.workspaces.models import Workspace

WARM = 64


def main() -> None:
    with wall.inside(Workspace.objects.get().pk):
        Mailbox.objects.update(acknowledges=True)

    settler = Settler(Turn(), threading.Event())

    def take(letters: list[bytes]) -> list[float]:
        sizes = []
        for at in range(0, len(letters), queue.MOST_AT_ONCE):
            handful = letters[at : at + queue.MOST_AT_ONCE]
            intake.store_all([intake.Letter(raw, "deliver") for raw in handful])
            settler.settle_all()
            sizes.append(resident_mb())
        return sizes

    letters = letters_in(Path(sys.argv[1]))
    take(letters[:WARM])
    # As the server does by itself within a minute of the first letters.
    rows.ask("ANALYZE")
    print("ready", flush=True)
    sys.stdin.readline()
    begun, used = time.time(), time.process_time()
    memory = take(letters[WARM:])
    told: dict[str, Any] = {
        "taken": len(letters) - WARM,
        "begun": begun,
        "ended": time.time(),
        "cpu": time.process_time() - used,
    }
    told["memory"] = [memory[0], memory[len(memory) // 2], memory[-1]]
    print(json.dumps(told), flush=True)
    settler.close()

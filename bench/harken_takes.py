"""One process of `mail_in`: stores and settles a folder of letters at "go", and prints what it took."""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django

from bench.figures import resident_mb
from bench.letters import letters_in

WARM = 64


def main() -> None:
    django.setup()
    # Rooms can be imported only now that Django knows them.
    from harken.channels.arriving import intake, queue  # noqa: PLC0415
    from harken.channels.arriving.settling import Settler, Turn  # noqa: PLC0415
    from harken.channels.models import Mailbox  # noqa: PLC0415
    from harken.lib import rows  # noqa: PLC0415
    from harken.workspaces import wall  # noqa: PLC0415
    from harken.workspaces.models import Workspace  # noqa: PLC0415

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


if __name__ == "__main__":
    main()

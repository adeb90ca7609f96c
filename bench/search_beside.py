"""Letters that come while the index is built, until standard input ends; prints how long each transaction took.

`python -m bench.inside bench.search_beside WORKSPACE`
"""

import json
import select
import sys
from functools import partial

from bench.figures import seconds_of
from harken.tickets.factories import make_message
from harken.tickets.models import Ticket
from harken.workspaces import wall
from harken.workspaces.models import Workspace

PAUSE_SECONDS = 0.05


def main() -> None:
    workspace = Workspace.objects.get(slug=sys.argv[1])
    with wall.inside(workspace.pk):
        tickets = list(Ticket.objects.filter(workspace=workspace).order_by("pk")[:50])
        make_message(tickets[0], "The first takes longer: everything is prepared")
        taken = []
        while not select.select([sys.stdin], [], [], PAUSE_SECONDS)[0]:
            ticket = tickets[len(taken) % len(tickets)]
            taken.append(seconds_of(partial(make_message, ticket, "Where is my bread?")))
    print(json.dumps(taken))

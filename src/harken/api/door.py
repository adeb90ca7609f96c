"""Who is let in: the bearer of a token, acting and seeing as its agent, at a human rate."""

import time
from typing import cast

from django.db import connection
from django.http import HttpRequest
from ninja.security import HttpBearer

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.agents.tokens import authenticate
from harken.lib.rest import Problem

# A hundred a second: room for any script that works, an end for one that runs wild.
MOST_PER_MINUTE = 6000

_COUNT = """
    INSERT INTO api_requestcount (workspace_id, agent_id, minute, requests) VALUES (%s, %s, %s, 1)
    ON CONFLICT (workspace_id, agent_id) DO UPDATE
    SET minute = excluded.minute,
        requests = CASE WHEN api_requestcount.minute = excluded.minute THEN api_requestcount.requests + 1 ELSE 1 END
    RETURNING requests
"""


class Door(HttpBearer):
    """Admits a request once: `request.agent` is set and its workspace entered; None leads to 401."""

    def __call__(self, request: HttpRequest) -> Agent | None:
        if not hasattr(request, "agent"):
            agent = cast("Agent | None", super().__call__(request))
            if agent is None:
                return None
            _count(agent)
            _let_in(cast(AgentRequest, request), agent)
        return cast(AgentRequest, request).agent

    def authenticate(self, request: HttpRequest, token: str) -> Agent | None:
        return authenticate(token)


def _let_in(request: AgentRequest, agent: Agent) -> None:
    request.agent, request.workspace = agent, agent.workspace


def _count(agent: Agent) -> None:
    minute, second = divmod(int(time.time()), 60)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [agent.workspace_id, agent.pk, minute])
        (requests,) = cursor.fetchone()
    if requests > MOST_PER_MINUTE:
        detail = f"At most {MOST_PER_MINUTE} a minute. Wait {60 - second} seconds."
        raise Problem(429, "Too many requests.", detail, retry_after_seconds=60 - second)

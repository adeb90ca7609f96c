"""REST route: search."""

from datetime import datetime
from typing import Any, Literal

from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.lib.rest import MOST_PER_PAGE, Query, Text
from harken.search.find import Hit, find
from harken.search.language import LONGEST_QUESTION
from harken.workspaces.models import Workspace

search = Router(tags=["search"])


class SearchAsked(Query):
    q: Text = Field("", max_length=LONGEST_QUESTION, description="words, “a phrase”, -not, filters: from:ann")
    cursor: str | None = Field(None, description="`next` of the page before", max_length=100)
    limit: int = Field(50, ge=1, le=MOST_PER_PAGE)


class Stretch(Schema):
    text: str
    marks: list[tuple[int, int]] = Field(
        description="where found words begin and end, in characters of `text`"
    )


class HitOut(Schema):
    number: int = Field(description="of the ticket")
    url: str
    state: str
    subject: Stretch
    message_id: int
    kind: Literal["contact", "reply", "note", "notice", "forward"]
    author: str
    created_at: datetime
    snippet: Stretch


class FoundOut(Schema):
    results: list[HitOut]
    next: str | None
    notices: list[str] = Field(description="sentences about what was not understood")
    corrected: dict[str, list[str]] = Field(description="what was shown for a misspelt word")
    behind: int = Field(description="messages that are not indexed yet")


@search.get("", response=FoundOut)
def search_everything(request: AgentRequest, asked: FromQuery[SearchAsked]) -> dict[str, Any]:
    """The newest message of each ticket that answers, newest first."""
    found = find(request.agent, asked.q, before=asked.cursor or "", most=asked.limit)
    return {
        "results": [_told(hit, request.workspace) for hit in found.hits],
        "next": found.next or None,
        "notices": found.notices,
        "corrected": found.corrected,
        "behind": found.behind,
    }


def _told(hit: Hit, workspace: Workspace) -> dict[str, Any]:
    message, ticket = hit.message, hit.message.ticket
    return {
        "number": ticket.number,
        "url": workspace.url_for(f"tickets/{ticket.number}/"),
        "state": ticket.state,
        "subject": hit.subject,
        "message_id": message.pk,
        "kind": message.kind,
        "author": message.author_name,
        "created_at": message.created_at,
        "snippet": hit.words,
    }

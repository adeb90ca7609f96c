"""REST routes: saved replies."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.automations.errors import AutomationsError, ShortcutTaken
from harken.automations.models import LONGEST_NAME, LONGEST_SHORTCUT, SavedReply
from harken.automations.placeholders import unknown_in
from harken.automations.saved_replies import LONGEST_TEXT, Wording, change_reply, keep_reply, remove_reply
from harken.lib.rest import Input, Page, Paging, Problem, Text, page

saved_replies = Router(tags=["saved replies"])


class SavedReplyChange(Input):
    """What is named changes, and nothing else. A new `text` without `html` makes it plain text."""

    name: Text | None = Field(None, min_length=1, max_length=LONGEST_NAME)
    text: Text | None = Field(
        None, max_length=LONGEST_TEXT, description="placeholders: {{ contact.first_name }}"
    )
    html: Text | None = Field(
        None, max_length=LONGEST_TEXT, description="with it, `text` is made of its words"
    )
    shortcut: Text | None = Field(None, max_length=LONGEST_SHORTCUT, description="the word behind the slash")
    is_shared: bool | None = Field(None, description="for all colleagues, or for the token’s agent alone")


class SavedReplyIn(SavedReplyChange):
    name: Text = Field(min_length=1, max_length=LONGEST_NAME)
    is_shared: bool = True


class SavedReplyOut(Schema):
    id: int
    name: str
    shortcut: str
    text: str
    html: str
    is_shared: bool
    uses: int
    used_at: datetime | None
    created_at: datetime
    unknown_placeholders: list[str] = Field(description="what nothing will be filled in for")

    @staticmethod
    def resolve_unknown_placeholders(reply: SavedReply) -> list[str]:
        return unknown_in(reply.text)


@saved_replies.get("", response=Page[SavedReplyOut])
def list_saved_replies(request: AgentRequest, asked: FromQuery[Paging]) -> dict[str, Any]:
    """Those shared and the agent’s own, newest first."""
    return page(_replies(request), asked, by="-id")


@saved_replies.get("/{int:reply_id}", response=SavedReplyOut)
def get_saved_reply(request: AgentRequest, reply_id: int) -> SavedReply:
    return get_object_or_404(_replies(request), pk=reply_id)


@saved_replies.post("", response={201: SavedReplyOut})
def add_saved_reply(request: AgentRequest, new: SavedReplyIn) -> Status[SavedReply]:
    """Keep an answer to use again."""
    try:
        reply = keep_reply(_wording(new, SavedReply(is_shared=True)), by=request.agent)
    except AutomationsError as error:
        raise _problem(error) from error
    return Status(201, _replies(request).get(pk=reply.pk))


@saved_replies.patch("/{int:reply_id}", response=SavedReplyOut)
def change_saved_reply(request: AgentRequest, reply_id: int, changes: SavedReplyChange) -> SavedReply:
    """Change what is named; what was sent with it stays as it was."""
    reply = get_object_or_404(_replies(request), pk=reply_id)
    try:
        change_reply(reply, _wording(changes, reply), by=request.agent)
    except AutomationsError as error:
        raise _problem(error) from error
    return reply


@saved_replies.delete("/{int:reply_id}", response={204: None})
def remove_saved_reply(request: AgentRequest, reply_id: int) -> Status[None]:
    """Take it out of all lists. On its settings page it can be brought back for a day."""
    remove_reply(get_object_or_404(_replies(request), pk=reply_id), by=request.agent)
    return Status(204, None)


def _wording(given: SavedReplyChange, before: SavedReply) -> Wording:
    named = given.model_dump(exclude_none=True)
    if "text" in named:
        named.setdefault("html", "")
    kept = {name: getattr(before, name) for name in ("name", "text", "html", "shortcut", "is_shared")}
    return Wording(**kept | named)


def _problem(error: AutomationsError) -> Problem:
    return Problem(409 if isinstance(error, ShortcutTaken) else 422, str(error))


def _replies(request: AgentRequest) -> Any:
    return SavedReply.objects.visible_to(request.agent).kept()

"""REST routes: saved replies."""

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.automations.enclosing import enclose, take_out
from harken.automations.errors import AutomationsError, ShortcutTaken
from harken.automations.languages import LANGUAGES, keep_variant, remove_variant
from harken.automations.models import (
    LONGEST_NAME,
    LONGEST_SHORTCUT,
    SavedReply,
    SavedReplyFile,
    SavedReplyVariant,
)
from harken.automations.placeholders import unknown_in
from harken.automations.saved_replies import LONGEST_TEXT, Wording, change_reply, keep_reply, remove_reply
from harken.lib.rest import Input, Page, Paging, Problem, Text, page
from harken.tickets.attached import AttachedFile

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


class TextIn(Input):
    """What it says in a language. With `html`, `text` is made of its words."""

    text: Text = Field("", max_length=LONGEST_TEXT, description="placeholders: {{ contact.first_name }}")
    html: Text = Field("", max_length=LONGEST_TEXT)


class TextOut(Schema):
    language: str = Field(description="as in the address of this text: `ru`")
    text: str
    html: str
    unknown_placeholders: list[str] = Field(description="what nothing will be filled in for")

    @staticmethod
    def resolve_unknown_placeholders(variant: SavedReplyVariant) -> list[str]:
        return unknown_in(variant.text)


class FileOut(Schema):
    id: int
    name: str = Field(alias="file.name")
    size: int = Field(alias="file.size", description="bytes")
    type: str = Field(alias="file.media_type")
    url: str = Field(description="opens the file without a token, for a day or two")

    @staticmethod
    def resolve_url(enclosed: SavedReplyFile) -> str:
        return urljoin(settings.HARKEN_URL, enclosed.file.url())


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
    texts: list[TextOut] = Field(
        alias="variants",
        description="what it says in other languages; `text` is offered where none of them is",
    )
    files: list[FileOut] = Field(description="put beside every answer it is used in")

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


@saved_replies.put("/{int:reply_id}/texts/{str:language}", response=SavedReplyOut)
def keep_saved_reply_text(request: AgentRequest, reply_id: int, language: str, said: TextIn) -> SavedReply:
    """Let it say this to customers of a language; what it said to them before is replaced."""
    reply = get_object_or_404(_replies(request), pk=reply_id)
    if language not in LANGUAGES:
        raise Problem(422, "No text is kept in that language.", f"Name one of these: {', '.join(LANGUAGES)}.")
    try:
        keep_variant(reply, language, text=said.text, html=said.html, by=request.agent)
    except AutomationsError as error:
        raise _problem(error) from error
    return _replies(request).get(pk=reply_id)


@saved_replies.delete("/{int:reply_id}/texts/{str:language}", response={204: None})
def remove_saved_reply_text(request: AgentRequest, reply_id: int, language: str) -> Status[None]:
    """Take away what it says in a language. What is away already is no mistake."""
    remove_variant(get_object_or_404(_replies(request), pk=reply_id), language, by=request.agent)
    return Status(204, None)


@saved_replies.post("/{int:reply_id}/files", response={201: FileOut})
def add_saved_reply_file(request: AgentRequest, reply_id: int, new: AttachedFile) -> Status[SavedReplyFile]:
    """Let a file come along, at most 10 of them and 20 MB each."""
    reply = get_object_or_404(_replies(request), pk=reply_id)
    try:
        return Status(201, enclose(reply, new.name, new.type, new.read(), by=request.agent))
    except AutomationsError as error:
        raise _problem(error) from error


@saved_replies.delete("/{int:reply_id}/files/{int:file_id}", response={204: None})
def remove_saved_reply_file(request: AgentRequest, reply_id: int, file_id: int) -> Status[None]:
    """Let a file come along no more; answers that were sent keep it. What is off already is no mistake."""
    take_out(get_object_or_404(_replies(request), pk=reply_id), file_id, by=request.agent)
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
    return SavedReply.objects.visible_to(request.agent).kept().whole()

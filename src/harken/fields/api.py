"""REST routes: what a workspace asks for besides what we ask."""

from typing import Annotated, Any, Literal

from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field as Told

from harken.agents.middleware import AgentRequest
from harken.fields import listing
from harken.fields.defining import MOST_OPTIONS, add_field, with_options
from harken.fields.defining import change_field as save_field
from harken.fields.models import LONGEST_NAME, LONGEST_OPTION, Field
from harken.lib.rest import Input, Page, Paging, Problem, Text, page

fields = Router(tags=["own fields, states and areas"])

About = Literal["ticket", "contact", "company", "site"]
Kind = Literal["text", "long_text", "number", "date", "yes_no", "one_of", "several_of"]
Name = Annotated[Text, Told(min_length=1, max_length=LONGEST_NAME)]
OptionName = Annotated[Text, Told(min_length=1, max_length=LONGEST_OPTION)]

# An answer as it comes and goes: null takes it away.
Answer = str | int | float | bool | list[str] | None
Answers = Annotated[
    dict[str, Answer],
    Told(
        max_length=200,
        description="answers to the workspace's own fields, by their keys: texts, numbers, true and false, "
        "days like 2026-11-22, options by key or name; null: none any more; what is not named stays",
    ),
]


class OptionOut(Schema):
    key: str
    name: str
    gone: bool = Told(False, description="offered no longer; where it stands it stays")


class FieldOut(Schema):
    id: int
    about: About
    key: str = Told(description="given once, never changed: answers and filters name the field by it")
    name: str
    kind: Kind
    options: list[OptionOut]
    needed_to_close: bool = Told(
        alias="is_needed_to_close", description="of tickets: nobody closes one before it is answered"
    )
    place: int = Told(description="its place in the list")
    archived: bool = Told(alias="is_archived", description="asked of nobody; answers stay")


class FieldsAsked(Paging):
    about: About | None = None


class FieldIn(Input):
    name: Name
    about: About
    kind: Kind
    options: list[OptionName] = Told([], max_length=MOST_OPTIONS, description="names, in their order")
    needed_to_close: bool = Told(False, description="of tickets alone")


class FieldChange(Input):
    """What is named changes, and nothing else; kind and key stay."""

    name: Name | None = None
    options: list[OptionName] | None = Told(
        None, max_length=MOST_OPTIONS, description="these are offered from now on, and no others"
    )
    needed_to_close: bool | None = Told(None, description="of tickets alone")
    archived: bool | None = None


@fields.get("", response=Page[FieldOut])
def list_fields(request: AgentRequest, asked: FromQuery[FieldsAsked]) -> dict[str, Any]:
    """Newest first, archived ones too; `place` says in which order they are shown."""
    rows = Field.objects.visible_to(request.agent)
    return page(rows.filter(about=asked.about) if asked.about else rows, asked, by="-id")


@fields.post("", response={201: FieldOut})
@transaction.atomic
def make_field(request: AgentRequest, new: FieldIn) -> Status[Field]:
    """Ask for something more; its key is made of its name."""
    made = add_field(
        new.name,
        about=new.about,
        kind=new.kind,
        options=new.options,
        is_needed_to_close=new.needed_to_close,
        by=request.agent,
    )
    return Status(201, made)


@fields.get("/{int:field_id}", response=FieldOut)
def get_field(request: AgentRequest, field_id: int) -> Field:
    return _field(request, field_id)


@fields.patch("/{int:field_id}", response=FieldOut)
@transaction.atomic
def change_field(request: AgentRequest, field_id: int, change: FieldChange) -> Field:
    """Call it otherwise, offer something else, or put it into the archive and back."""
    field = _field(request, field_id)
    save_field(
        field,
        name=field.name if change.name is None else change.name,
        options=None if change.options is None else _options(field, change.options),
        is_needed_to_close=change.needed_to_close,
        by=request.agent,
    )
    listing.shelve(field, change.archived, by=request.agent)
    return _field(request, field_id)


def _field(request: AgentRequest, field_id: int) -> Field:
    found: Field = get_object_or_404(Field.objects.visible_to(request.agent), pk=field_id)
    return found


def _options(field: Field, names: list[str]) -> list[dict[str, Any]]:
    if not field.has_options:
        raise Problem(422, "There is nothing to choose in this field.", "Leave `options` out.")
    wanted = {name.casefold() for name in names}
    gone = {each["key"]: "" for each in field.options if each["name"].casefold() not in wanted}
    return with_options(field.options, names, names=gone)

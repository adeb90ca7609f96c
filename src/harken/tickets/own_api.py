"""REST routes: states and areas of the workspace's own."""

from typing import Any, Literal

from django.db import transaction
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema, Status
from pydantic import Field

from harken.agents.middleware import AgentRequest
from harken.fields import listing
from harken.fields.api import Name
from harken.fields.models import Listed
from harken.lib.rest import Input, Page, Paging, page
from harken.tickets.models import Area, OwnState

states = Router(tags=["own fields, states and areas"])
areas = Router(tags=["own fields, states and areas"])

Kind = Literal["open", "waiting", "set_aside", "accepted", "closed", "closed_unsuccessfully"]


class AreaOut(Schema):
    id: int
    name: str
    place: int = Field(description="its place in the list")
    archived: bool = Field(alias="is_archived", description="offered no longer; where it stands it stays")


class OwnStateOut(AreaOut):
    kind: Kind = Field(description="the fixed state that it is: what happens depends on that alone")


class AreaIn(Input):
    name: Name


class OwnStateIn(AreaIn):
    kind: Kind


class NamedChange(Input):
    """What is named changes, and nothing else."""

    name: Name | None = None
    archived: bool | None = None


@states.get("", response=Page[OwnStateOut])
def list_states(request: AgentRequest, asked: FromQuery[Paging]) -> dict[str, Any]:
    """Newest first, archived ones too."""
    return page(OwnState.objects.visible_to(request.agent), asked, by="-id")


@states.post("", response={201: OwnStateOut})
def make_state(request: AgentRequest, new: OwnStateIn) -> Status[OwnState]:
    """Name a state of your own within a fixed one."""
    return Status(201, listing.add(OwnState(name=new.name, kind=new.kind), by=request.agent))


@states.patch("/{int:state_id}", response=OwnStateOut)
def change_state(request: AgentRequest, state_id: int, change: NamedChange) -> Listed:
    """Call it otherwise, or put it into the archive and back; its kind stays."""
    return _changed(request, OwnState, state_id, change)


@areas.get("", response=Page[AreaOut])
def list_areas(request: AgentRequest, asked: FromQuery[Paging]) -> dict[str, Any]:
    """Newest first, archived ones too."""
    return page(Area.objects.visible_to(request.agent), asked, by="-id")


@areas.post("", response={201: AreaOut})
def make_area(request: AgentRequest, new: AreaIn) -> Status[Area]:
    """Name a part of the product that people ask about."""
    return Status(201, listing.add(Area(name=new.name), by=request.agent))


@areas.patch("/{int:area_id}", response=AreaOut)
def change_area(request: AgentRequest, area_id: int, change: NamedChange) -> Listed:
    """Call it otherwise, or put it into the archive and back."""
    return _changed(request, Area, area_id, change)


@transaction.atomic
def _changed(request: AgentRequest, model: type[Listed], pk: int, change: NamedChange) -> Listed:
    rows = model._default_manager.filter(workspace=request.workspace)
    row: Listed = get_object_or_404(rows, pk=pk)
    if change.name is not None:
        listing.change(row, {"name": change.name}, by=request.agent)
    listing.shelve(row, change.archived, by=request.agent)
    return rows.get(pk=pk)

"""The settings pages of a workspace's own fields, states and areas: three lists that are kept in the same way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.own.forms import OPTION, FieldForm, NameForm, NewFieldForm, NewStateForm
from harken.fields import listing
from harken.fields.apps import CUSTOMISING
from harken.fields.defining import add_field, change_field
from harken.fields.errors import FieldsError
from harken.fields.models import Field, Listed
from harken.tickets.models import Area, OwnState
from harken.ui.collisions import SharedForm
from harken.workspaces.capabilities import needs


@dataclass(frozen=True)
class Kept:
    """One of the three lists: its name in addresses, its words, its model, and the form that makes a new one."""

    name: str
    one: str
    title: str | Promise
    intro: str | Promise
    empty: str | Promise
    new: str | Promise
    model: type[Listed]
    form: type[SharedForm]
    make: Callable[[AgentRequest, Any], Listed]


@dataclass(frozen=True)
class Shelf:
    """Those of one group, in order."""

    label: str
    rows: list[Any]


FIELDS = Kept(
    "fields",
    "field",
    gettext_lazy("Own fields"),
    gettext_lazy(
        "What you want to know of requests, people, companies and sites besides what stands there already."
    ),
    gettext_lazy("Make the first one here: an order number, a contract, a region."),
    gettext_lazy("New field"),
    Field,
    NewFieldForm,
    lambda request, given: add_field(
        given["name"],
        about=given["about"],
        kind=given["kind"],
        options=given["options"].splitlines(),
        is_needed_to_close=given["is_needed_to_close"],
        by=request.agent,
    ),
)
STATES = Kept(
    "states",
    "state",
    gettext_lazy("Own states"),
    gettext_lazy(
        "Your names for where a request stands. What happens is what the fixed state does that it belongs to."
    ),
    gettext_lazy(
        "Make the first one here: “With the supplier” is their turn, “Duplicate” is closed without success."
    ),
    gettext_lazy("New state"),
    OwnState,
    NewStateForm,
    lambda request, given: listing.add(OwnState(name=given["name"], kind=given["kind"]), by=request.agent),
)
AREAS = Kept(
    "areas",
    "area",
    gettext_lazy("Areas"),
    gettext_lazy("The parts of your product that people ask about."),
    gettext_lazy("Make the first one here: ordering, delivery, invoices."),
    gettext_lazy("New area"),
    Area,
    NameForm,
    lambda request, given: listing.add(Area(name=given["name"]), by=request.agent),
)


@needs(CUSTOMISING)
@require_http_methods(["GET", "POST"])
def fields(request: AgentRequest) -> HttpResponse:
    """GET lists the fields; POST makes one."""
    return _list(request, FIELDS)


@needs(CUSTOMISING)
@require_POST
def field(request: AgentRequest, field_id: int) -> HttpResponse:
    """POST changes a field: what `do` says, else its name and options."""
    return _one(request, FIELDS, field_id)


@needs(CUSTOMISING)
@require_http_methods(["GET", "POST"])
def states(request: AgentRequest) -> HttpResponse:
    """GET lists the workspace's own states; POST makes one."""
    return _list(request, STATES)


@needs(CUSTOMISING)
@require_POST
def state(request: AgentRequest, state_id: int) -> HttpResponse:
    """POST changes a state of the workspace's own: what `do` says, else its name."""
    return _one(request, STATES, state_id)


@needs(CUSTOMISING)
@require_http_methods(["GET", "POST"])
def areas(request: AgentRequest) -> HttpResponse:
    """GET lists the areas; POST makes one."""
    return _list(request, AREAS)


@needs(CUSTOMISING)
@require_POST
def area(request: AgentRequest, area_id: int) -> HttpResponse:
    """POST changes an area: what `do` says, else its name."""
    return _one(request, AREAS, area_id)


def _list(request: AgentRequest, kept: Kept) -> HttpResponse:
    form = kept.form(request.POST if request.method == "POST" else None, current={})
    if not form.is_valid():
        return _page(request, kept, form, status=422 if form.is_bound else 200)
    try:
        made = kept.make(request, form.cleaned_data)
    except FieldsError as error:
        form.add_error(None, str(error))
        return _page(request, kept, form, status=422)
    notices.success(request, _("“%(name)s” is there.") % {"name": made.name})
    return _back(request, kept, made)


def _one(request: AgentRequest, kept: Kept, pk: int) -> HttpResponse:
    row = get_object_or_404(kept.model._default_manager.filter(workspace=request.workspace), pk=pk)
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        return _changed(request, kept, row)
    try:
        act(row, request)
    except FieldsError as error:
        notices.error(request, str(error))
    return _back(request, kept, row)


def _changed(request: AgentRequest, kept: Kept, row: Listed) -> HttpResponse:
    form = _form_of(row)(request.POST, current=_current(row), at=row.pk)
    if form.is_valid():
        try:
            _save(row, form, request)
        except FieldsError as error:
            form.add_error(None, str(error))
        else:
            notices.success(request, _("Saved."))
            return _back(request, kept, row)
    status = 409 if form.missed else 422
    return _page(request, kept, kept.form(current={}), status=status, refused=row.pk, typed=form)


def _save(row: Listed, form: Any, request: AgentRequest) -> None:
    if isinstance(row, Field):
        change_field(
            row,
            by=request.agent,
            name=form.cleaned_data["name"],
            options=form.options,
            is_needed_to_close=form.cleaned_data.get("is_needed_to_close"),
            seen=row.revision,
        )
    else:
        listing.change(row, {"name": form.cleaned_data["name"]}, by=request.agent, seen=row.revision)


def _form_of(row: Listed) -> Any:
    return FieldForm.of(row) if isinstance(row, Field) else NameForm


def _current(row: Listed) -> dict[str, Any]:
    if not isinstance(row, Field):
        return {"name": row.name}
    options = {OPTION + each["key"]: each["name"] for each in row.offered}
    return {"name": row.name, "is_needed_to_close": row.is_needed_to_close, **options}


def _page(
    request: AgentRequest, kept: Kept, form: SharedForm, *, status: int, **refused: Any
) -> HttpResponse:
    rows: list[Any] = list(
        kept.model._default_manager.filter(workspace=request.workspace).order_by("place", "id")
    )
    for row in rows:
        row.address = f"{_address(request, kept)}{row.pk}/"
        row.form = _form_of(row)(current=_current(row), at=row.pk)
    shelves = _shelves(kept, [row for row in rows if not row.is_archived])
    archived = [row for row in rows if row.is_archived]
    context = {
        "kept": kept,
        "form": form,
        "shelves": shelves,
        "archived": archived,
        "refused": None,
        "typed": None,
    }
    return render(request, "desk/own/list.html", context | refused, status=status)


def _shelves(kept: Kept, rows: list[Any]) -> list[Shelf]:
    group = kept.model.grouped_by
    if not group:
        return [Shelf("", rows)] if rows else []
    column: Any = kept.model._meta.get_field(group)
    found = [
        Shelf(capfirst(label), [row for row in rows if getattr(row, group) == value])
        for value, label in column.choices
    ]
    return [shelf for shelf in found if shelf.rows]


def _back(request: AgentRequest, kept: Kept, row: Listed) -> HttpResponse:
    return redirect(f"{_address(request, kept)}#{kept.one}-{row.pk}")


def _address(request: AgentRequest, kept: Kept) -> str:
    return reverse(f"desk:{kept.name}", kwargs={"workspace": request.workspace.slug})


_ACTS: dict[str, Callable[[Listed, AgentRequest], Any]] = {
    "up": lambda row, request: listing.move(row, up=True, by=request.agent),
    "down": lambda row, request: listing.move(row, up=False, by=request.agent),
    "archive": lambda row, request: listing.archive(row, by=request.agent),
    "bring-back": lambda row, request: listing.bring_back(row, by=request.agent),
}

"""People and companies out of a file, and into one."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from harken.agents.middleware import AgentRequest
from harken.contacts.exporting import companies_csv, people_csv
from harken.contacts.importing.begin import begin, bring, columns_offered, look_into, read_as
from harken.contacts.importing.columns import columns_for
from harken.contacts.importing.own import own_columns
from harken.contacts.models import PeopleImport
from harken.desk.forms import mistakes_in
from harken.desk.people import lists
from harken.desk.people.lists import Wanted
from harken.fields.answers import fields_about
from harken.fields.models import Field
from harken.ui.forms import Form
from harken.workspaces import wall

MOST_BYTES = 20 * 1000 * 1000
MOST_LISTED = 20
PROBLEMS_SHOWN = 200


class FileForm(Form):
    what = forms.ChoiceField(choices=PeopleImport.What.choices)
    file = forms.FileField()

    def clean_file(self) -> Any:
        """Refuse what is too big to be looked at at once."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(
                _(
                    "The file is larger than 20 MB."
                    " Nothing was taken in; cut it into several, each may come on its own."
                )
            )
        return file


class ReadForm(Form):
    """How a file is to be read."""

    charset = forms.ChoiceField(choices=PeopleImport.Charset.choices)
    delimiter = forms.ChoiceField(choices=PeopleImport.Delimiter.choices)
    what = forms.ChoiceField(choices=PeopleImport.What.choices)


@require_http_methods(["GET", "POST"])
def imports(request: AgentRequest) -> HttpResponse:
    """GET shows what was brought so far, and a place for a file; POST keeps it and looks into it."""
    if request.method == "GET":
        return _imports(request)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _imports(request, mistakes_in(form))
    file = form.cleaned_data["file"]
    made = bring(request.agent, file.name or "people.csv", file.read(), form.cleaned_data["what"])
    return redirect("desk:import", workspace=request.workspace.slug, import_id=made.pk)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def importing(request: AgentRequest, import_id: int) -> HttpResponse:
    """GET shows how a file is read, or how far it has come; POST reads it otherwise, or takes it in."""
    rows = PeopleImport.objects.visible_to(request.agent).select_related("file")
    found = get_object_or_404(rows, pk=import_id)
    if request.method == "POST" and found.state == PeopleImport.State.ASKED:
        refusal = _take(request, found) if "take" in request.POST else _read_otherwise(request, found)
        if not refusal:
            return redirect("desk:import", workspace=request.workspace.slug, import_id=found.pk)
        return _import(request, found, refusal)
    return _import(request, found)


@require_safe
def export_people(request: AgentRequest) -> StreamingHttpResponse:
    """GET saves the people of a list as CSV."""
    fields = fields_about(request.workspace, Field.About.CONTACT)
    return _file(
        request, "people.csv", people_csv(lists.people_wanted(request.agent, Wanted.of(request.GET)), fields)
    )


@require_safe
def export_companies(request: AgentRequest) -> StreamingHttpResponse:
    """GET saves the companies of a list as CSV."""
    rows = lists.companies_wanted(request.agent, Wanted.of(request.GET))
    fields = fields_about(request.workspace, Field.About.COMPANY)
    return _file(request, "companies.csv", companies_csv(rows, fields))


def _read_otherwise(request: AgentRequest, found: PeopleImport) -> str:
    form = ReadForm(request.POST)
    if not form.is_valid():
        return mistakes_in(form)
    read_as(found, **form.cleaned_data)
    return ""


def _take(request: AgentRequest, found: PeopleImport) -> str:
    known = {column.name for column in columns_offered(request.workspace, found.what)}
    asked = request.POST.getlist("column")[: len(found.columns)]
    columns = [name if name in known else "" for name in asked]
    chosen = [name for name in columns if name]
    if len(set(chosen)) < len(chosen):
        return _("Two columns are the same thing. Choose each only once; nothing was taken in.")
    if not set(chosen) & {"name", "first_name", "last_name", "email", "phone", "domain"}:
        return _(
            "No column says who it is. Choose which one is the name or the address; nothing was taken in."
        )
    if begin(found, columns, replaces="replaces" in request.POST, by=request.agent):
        notices.success(request, _("It is being taken in. You may leave this page."))
    return ""


def _imports(request: AgentRequest, refusal: str = "") -> HttpResponse:
    rows = (
        PeopleImport.objects.visible_to(request.agent).select_related("file", "agent__user").order_by("-pk")
    )
    context = {"imports": rows[:MOST_LISTED], "refusal": refusal, "typed": request.POST}
    return render(request, "desk/people/imports.html", context, status=422 if refusal else 200)


def _import(request: AgentRequest, found: PeopleImport, refusal: str = "") -> HttpResponse:
    is_asked = found.state == PeopleImport.State.ASKED
    context = {
        "importing": found,
        "seen": look_into(found) if is_asked else None,
        "columns": columns_for(found.what),
        "own_columns": own_columns(request.workspace, found.what) if is_asked else (),
        "charsets": PeopleImport.Charset.choices,
        "delimiters": PeopleImport.Delimiter.choices,
        "problems": found.problems[:PROBLEMS_SHOWN],
        "refusal": refusal,
    }
    template = "desk/people/_progress.html" if "HX-Request" in request.headers else "desk/people/import.html"
    return render(request, template, context, status=422 if refusal else 200)


def _file(request: AgentRequest, name: str, pieces: Iterator[str]) -> StreamingHttpResponse:
    within = _inside(request.workspace.pk, pieces.__next__)
    response = StreamingHttpResponse(within, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _inside(workspace_id: int, piece: Callable[[], str]) -> Iterator[bytes]:
    """Make each piece inside the wall: while they are sent, the request has left it already."""
    while True:
        with wall.inside(workspace_id):
            try:
                made = piece()
            except StopIteration:
                return
        yield made.encode()

"""Views that somebody saves: made from a search, then renamed, ordered, shared and removed."""

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.desk.inbox.counts import counts_of
from harken.desk.inbox.pages import render_here
from harken.desk.inbox.rail import SAVED
from harken.search.models import SavedView
from harken.search.saved_view import NAME_LETTERS, QUESTION_LETTERS
from harken.ui.collisions import CHANGED, SharedForm
from harken.ui.fields import Line
from harken.workspaces.capabilities import needs


class ViewForm(SharedForm):
    """What a saved view is called, who sees it, and in which order."""

    name = Line(label=gettext_lazy("Name"), max_length=NAME_LETTERS)
    order = forms.ChoiceField(label=gettext_lazy("Order"), choices=SavedView.Order.choices, required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("All colleagues see it"), required=False)

    def clean_order(self) -> str:
        return self.cleaned_data["order"] or SavedView.Order.WAITING


class QuestionForm(ViewForm):
    """A view that is made from what was searched."""

    question = forms.CharField(max_length=QUESTION_LETTERS)


@needs("inbox")
@require_http_methods(["GET", "POST"])
def saved_views(request: AgentRequest) -> HttpResponse:
    """GET lists the saved views of the reader and those shared; POST saves what was searched as one."""
    if request.method == "GET":
        return _page(request)
    form = QuestionForm(request.POST, current={})
    if not form.is_valid():
        words = _("The view was not saved. Give it a name of at most 60 letters, and a question.")
        return _page(request, words, made=form)
    view = SavedView.objects.keep(**form.cleaned_data, by=request.agent)
    address = reverse("desk:inbox", kwargs={"workspace": request.workspace.slug})
    return redirect(f"{address}?view={SAVED}{view.pk}")


@needs("inbox")
@require_POST
def saved_view(request: AgentRequest, view_id: int) -> HttpResponse:
    """POST changes a saved view; with `move` (`up` or `down`) its place among those one may change."""
    view = get_object_or_404(SavedView.objects.changeable_by(request.agent).kept(), pk=view_id)
    if "move" in request.POST:
        _move(request, view)
        return _back(request)
    form = _form_of(view, request.POST)
    if not form.is_valid():
        words = _("“%(name)s” was not changed: it needs a name.") % {"name": view.name}
        return _page(request, CHANGED if form.missed else words, refused=form, of=view.pk)
    view.describe(**form.cleaned_data)
    return _back(request)


@needs("inbox")
@require_POST
def removal(request: AgentRequest, view_id: int) -> HttpResponse:
    """POST takes a saved view away; with `undo` it is there again."""
    view = get_object_or_404(SavedView.objects.changeable_by(request.agent), pk=view_id)
    if "undo" in request.POST:
        view.bring_back()
        notices.success(request, _("“%(name)s” is back.") % {"name": view.name})
        return _back(request)
    view.remove()
    return _page(request, removed=view)


def _move(request: AgentRequest, view: SavedView) -> None:
    views = list(SavedView.objects.changeable_by(request.agent).kept().in_order())
    step = -1 if request.POST["move"] == "up" else 1
    place = views.index(view) + step
    if 0 <= place < len(views):
        view.change_places(with_view=views[place])


def _form_of(view: SavedView, typed: QueryDict | None = None) -> ViewForm:
    return ViewForm(typed, current={"name": view.name, "order": view.order, "is_shared": view.is_shared})


def _page(
    request: AgentRequest,
    refusal: str | Promise = "",
    *,
    removed: SavedView | None = None,
    made: QuestionForm | None = None,
    refused: ViewForm | None = None,
    of: int = 0,
) -> HttpResponse:
    changeable = list(SavedView.objects.changeable_by(request.agent).kept().in_order())
    for view in changeable:
        view.form = refused if refused and view.pk == of else _form_of(view)
    shared = SavedView.objects.visible_to(request.agent).kept().in_order()
    context = {
        "saved": changeable,
        "of_others": [view for view in shared.select_related("owner__user") if view not in changeable],
        "orders": SavedView.Order.choices,
        "refusal": refusal,
        "removed": removed,
        "made": made,
        "counts": counts_of(request),
    }
    status = 409 if refused and refused.missed else 422 if refusal else 200
    return render_here(request, "desk/inbox/saved_views.html", context, status=status)


def _back(request: AgentRequest) -> HttpResponseRedirect:
    return redirect("desk:saved_views", workspace=request.workspace.slug)

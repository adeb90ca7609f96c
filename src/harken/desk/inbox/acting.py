"""What is done to several requests of a list at once, and taken back."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.inbox.lists import ids_in
from harken.desk.inbox.pages import render_here
from harken.desk.inbox.rail import view_of
from harken.tickets.bulk import MOST_OF_ALL, begin, take_back
from harken.tickets.models import BulkAction, Ticket
from harken.tickets.tasks import go_on_later
from harken.workspaces.capabilities import needs

MORNING = 9
ALL, ME, NOBODY = "all", "me", "nobody"
_LONGEST_NUMBER = 18


class ActForm(forms.Form):
    """What is to be done: `to` is `me`, `nobody` or a colleague's id, `until` is `tomorrow`, `week` or empty."""

    act = forms.ChoiceField(choices=BulkAction.Act.choices)
    to = forms.CharField(max_length=_LONGEST_NUMBER, required=False)
    until = forms.ChoiceField(choices=[("", ""), ("tomorrow", "tomorrow"), ("week", "week")], required=False)

    def __init__(self, given: QueryDict, agent: Agent) -> None:
        super().__init__(given)
        self._agent = agent

    def clean_to(self) -> int | None:
        """Return the id of a colleague who is here; `None` for nobody."""
        asked = self.cleaned_data["to"]
        if asked == ME:
            return self._agent.pk
        if asked in ("", NOBODY):
            return None
        colleague = colleague_of(self._agent, asked)
        if colleague is None:
            raise forms.ValidationError(
                gettext_lazy("Nothing was changed: this colleague is not here any more. Choose another one.")
            )
        return colleague.pk

    @property
    def details(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given["act"] == BulkAction.Act.ASSIGN:
            return {"to": given["to"]}
        if given["act"] == BulkAction.Act.SET_ASIDE and given["until"]:
            days = 1 if given["until"] == "tomorrow" else 7
            return {"until": _morning_in(days).isoformat()}
        return {}


@needs("inbox")
@require_http_methods(["GET", "POST"])
def acts(request: AgentRequest) -> HttpResponse:
    """GET returns what can be done in a view; POST does it to the requests `n`, or with `all` to every one in it."""
    if request.method == "GET":
        return render_here(request, "desk/inbox/_bulk.html", {})
    form = ActForm(request.POST, request.agent)
    if not form.is_valid():
        words = form.errors.get("to") or [_("Nothing was changed: this cannot be done to several requests.")]
        return render(request, "desk/inbox/_refused.html", {"words": words[0]}, status=422)
    ids = _chosen(request)
    action = begin(ids, form.cleaned_data["act"], by=request.agent, later=go_on_later, **form.details)
    return _told(request, action)


@needs("inbox")
@require_http_methods(["GET", "POST"])
def act(request: AgentRequest, action_id: int) -> HttpResponse:
    """GET returns how far it has come; POST takes back what it changed and nobody has changed since."""
    action = get_object_or_404(BulkAction.objects.visible_to(request.agent), pk=action_id)
    if request.method == "POST":
        take_back(action, later=go_on_later)
    return _told(request, action)


def colleague_of(agent: Agent, asked: str) -> Agent | None:
    """Return the active colleague with this id, as it was typed into an address or a form."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= _LONGEST_NUMBER):
        return None
    return Agent.objects.visible_to(agent).active().filter(pk=int(asked)).first()


def outcome_of(action: BulkAction) -> str:
    """Say what became of it, in a sentence or two."""
    if not action.is_done:
        return _("%(passed)s of %(total)s …") % {"passed": action.passed, "total": action.total}
    if action.is_taken_back:
        count = action.changed - action.left
        said = ngettext("%(count)s request is as it was.", "%(count)s requests are as they were.", count)
        return _with_left(said % {"count": count}, action.left)
    return _done(action.act, action.changed) % {"count": action.changed}


def _told(request: AgentRequest, action: BulkAction) -> HttpResponse:
    words = outcome_of(action)
    if "HX-Request" in request.headers:
        return render(request, "desk/inbox/_act.html", {"action": action, "words": words})
    notices.success(request, words)
    return redirect("desk:inbox", workspace=request.workspace.slug)


def _chosen(request: AgentRequest) -> list[int]:
    if ALL in request.POST:
        return ids_in(view_of(request), request.agent, MOST_OF_ALL)
    asked = request.POST.getlist("n")[:MOST_OF_ALL]
    numbers = [int(each) for each in asked if each.isascii() and each.isdecimal() and len(each) <= 18]
    found = Ticket.objects.visible_to(request.agent).filter(number__in=numbers)
    return list(found.values_list("pk", flat=True))


def _with_left(said: str, left: int) -> str:
    if not left:
        return said
    words = ngettext(
        "%(count)s was left: somebody changed it meanwhile.",
        "%(count)s were left: somebody changed them meanwhile.",
        left,
    )
    return f"{said} {words % {'count': left}}"


def _morning_in(days: int) -> datetime:
    day = timezone.localtime() + timedelta(days=days)
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0)


def _done(act: str, count: int) -> str:
    acts = BulkAction.Act
    return {
        acts.CLOSE: ngettext("%(count)s request closed.", "%(count)s requests closed.", count),
        acts.REOPEN: ngettext("%(count)s request reopened.", "%(count)s requests reopened.", count),
        acts.WAIT: ngettext("%(count)s request waits for them.", "%(count)s requests wait for them.", count),
        acts.SET_ASIDE: ngettext("%(count)s request set aside.", "%(count)s requests set aside.", count),
        acts.ACCEPT: ngettext("%(count)s request accepted.", "%(count)s requests accepted.", count),
        acts.ASSIGN: ngettext("%(count)s request handed over.", "%(count)s requests handed over.", count),
        acts.SPAM: ngettext("%(count)s request called spam.", "%(count)s requests called spam.", count),
        acts.WELCOME: ngettext("%(count)s request is no spam.", "%(count)s requests are no spam.", count),
    }[acts(act)]

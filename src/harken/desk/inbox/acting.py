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
from harken.desk.own.shown import own_states_of
from harken.lib.numbers import MOST_DIGITS, whole_numbers
from harken.tickets.bulk import FULL, MOST_OF_ALL, UNANSWERED, begin, take_back
from harken.tickets.errors import TicketError, in_quotes
from harken.tickets.models import BulkAction, OwnState, Tag, Ticket
from harken.tickets.models.tag import LONGEST_NAME
from harken.tickets.tags import MOST_TAGS, make_tag
from harken.tickets.tasks import go_on_later
from harken.ui.forms import Form
from harken.workspaces.capabilities import needs

MORNING = 9
ALL, ME, NOBODY = "all", "me", "nobody"


class ActForm(Form):
    """What is to be done: `to` is `me`, `nobody` or a colleague's id, `until` is `tomorrow`, `week` or empty."""

    act = forms.ChoiceField(choices=BulkAction.Act.choices)
    to = forms.CharField(max_length=MOST_DIGITS, required=False)
    until = forms.ChoiceField(choices=[("", ""), ("tomorrow", "tomorrow"), ("week", "week")], required=False)

    tag = forms.CharField(max_length=LONGEST_NAME, required=False)
    state = forms.CharField(max_length=MOST_DIGITS, required=False)

    def __init__(self, given: QueryDict, agent: Agent) -> None:
        super().__init__(given)
        self._agent = agent

    def clean(self) -> dict[str, Any] | None:
        """Find the tag that is meant, made now where there is none to put on, and the own state."""
        given = super().clean() or {}
        act = given.get("act")
        if act in (BulkAction.Act.TAG, BulkAction.Act.UNTAG):
            given["tag"] = self._tag_meant(given.get("tag", ""), makes=act == BulkAction.Act.TAG)
        if act == BulkAction.Act.OWN_STATE:
            given["state"] = self._state_meant(given.get("state", ""))
        return given

    def _tag_meant(self, name: str, *, makes: bool) -> int:
        try:
            known = make_tag(name, by=self._agent) if makes else None
        except TicketError as error:
            raise forms.ValidationError(str(error)) from error
        tag = known or Tag.objects.visible_to(self._agent).called(name).first()
        if tag is None:
            raise forms.ValidationError(
                gettext_lazy("Nothing was changed: there is no tag “%(name)s”."), params={"name": name}
            )
        return tag.pk

    def _state_meant(self, asked: str) -> int:
        states = OwnState.objects.visible_to(self._agent).living()
        own = states.filter(pk__in=whole_numbers([asked])).first()
        if own is None:
            raise forms.ValidationError(
                gettext_lazy("Nothing was changed: this state is not there any more. Choose another one.")
            )
        return int(own.pk)

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
        if given["act"] in (BulkAction.Act.TAG, BulkAction.Act.UNTAG):
            return {"tag": given["tag"]}
        if given["act"] == BulkAction.Act.OWN_STATE:
            return {"state": given["state"]}
        return {}


@needs("inbox")
@require_http_methods(["GET", "POST"])
def acts(request: AgentRequest) -> HttpResponse:
    """GET returns what can be done in a view; POST does it to the requests `n`, or with `all` to every one in it."""
    if request.method == "GET":
        return render_here(request, "desk/inbox/_bulk.html", _choices(request.agent))
    form = ActForm(request.POST, request.agent)
    if not form.is_valid():
        words = (
            form.errors.get("to")
            or form.non_field_errors()
            or [_("Nothing was changed: this cannot be done to several requests.")]
        )
        return render(request, "desk/inbox/_refused.html", {"words": words[0]}, status=422)
    ids = _chosen(request)
    action = begin(ids, form.cleaned_data["act"], by=request.agent, later=go_on_later, **form.details)
    return _told(request, action)


def _choices(agent: Agent) -> dict[str, Any]:
    tags = Tag.objects.visible_to(agent).by_name().values_list("name", flat=True)
    return {"own_states": own_states_of(agent), "tag_names": list(tags)}


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
    return Agent.objects.visible_to(agent).active().filter(pk__in=whole_numbers([asked])).first()


def outcome_of(action: BulkAction) -> str:
    """Say what became of it, in a sentence or two."""
    if not action.is_done:
        return _("%(passed)s of %(total)s …") % {"passed": action.passed, "total": action.total}
    if action.is_taken_back:
        count = action.changed - action.left
        said = ngettext("%(count)s request is as it was.", "%(count)s requests are as they were.", count)
        return _with_left(said % {"count": count}, action.left)
    said = words_of_done(action.act, action.changed)
    return " ".join(filter(None, (said, _left_open(action), _left_out(action))))


def _left_open(action: BulkAction) -> str:
    names = action.details.get(UNANSWERED)
    if not names:
        return ""
    words = ngettext(
        "%(count)s stays open: %(names)s is to be filled in before closing.",
        "%(count)s stay open: %(names)s is to be filled in before closing.",
        action.refused,
    )
    return words % {"count": action.refused, "names": in_quotes(names)}


def _left_out(action: BulkAction) -> str:
    count = action.details.get(FULL, 0)
    if not count:
        return ""
    words = ngettext(
        "%(count)s was left out: it has %(most)s tags, as many as it can have.",
        "%(count)s were left out: they have %(most)s tags, as many as they can have.",
        count,
    )
    return words % {"count": count, "most": MOST_TAGS}


def _told(request: AgentRequest, action: BulkAction) -> HttpResponse:
    words = outcome_of(action)
    if "HX-Request" in request.headers:
        return render(request, "desk/inbox/_act.html", {"action": action, "words": words})
    notices.success(request, words)
    return redirect("desk:inbox", workspace=request.workspace.slug)


def _chosen(request: AgentRequest) -> list[int]:
    if ALL in request.POST:
        return ids_in(view_of(request), request.agent, MOST_OF_ALL)
    numbers = whole_numbers(request.POST.getlist("n")[:MOST_OF_ALL])
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


def words_of_done(act: str, count: int) -> str:
    """Return what was done to so many requests."""
    acts = BulkAction.Act
    words: dict[str, str] = {
        acts.CLOSE: ngettext("%(count)s request closed.", "%(count)s requests closed.", count),
        acts.REOPEN: ngettext("%(count)s request reopened.", "%(count)s requests reopened.", count),
        acts.WAIT: ngettext("%(count)s request waits for them.", "%(count)s requests wait for them.", count),
        acts.SET_ASIDE: ngettext("%(count)s request set aside.", "%(count)s requests set aside.", count),
        acts.ACCEPT: ngettext("%(count)s request accepted.", "%(count)s requests accepted.", count),
        acts.ASSIGN: ngettext("%(count)s request handed over.", "%(count)s requests handed over.", count),
        acts.SPAM: ngettext("%(count)s request called spam.", "%(count)s requests called spam.", count),
        acts.WELCOME: ngettext("%(count)s request is no spam.", "%(count)s requests are no spam.", count),
        acts.TAG: ngettext(
            "%(count)s request has the tag now.", "%(count)s requests have the tag now.", count
        ),
        acts.UNTAG: ngettext("%(count)s request lost the tag.", "%(count)s requests lost the tag.", count),
        acts.OWN_STATE: ngettext("%(count)s request changed.", "%(count)s requests changed.", count),
    }
    return words[act] % {"count": count}

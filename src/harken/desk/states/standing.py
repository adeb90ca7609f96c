"""Setting aside, handing on, spam: what is done to a request from the menus in its head."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.following import UNTIL_THEY_WRITE, Unsaid, clock_field, day_field, moment_called
from harken.desk.forms import mistakes_in
from harken.desk.states.answers import load, refuse, show, ticket_of
from harken.events.models import Event
from harken.lib.numbers import whole_numbers
from harken.tickets.drafts import Typed, draft_of, save_draft
from harken.tickets.errors import TicketError
from harken.tickets.models import OwnState, Ticket
from harken.tickets.own_names import put_into
from harken.ui.forms import OUTDATED, Form

NOT_ASIDE = Unsaid(
    nothing=gettext_lazy("Not set aside: choose until when."),
    no_day=gettext_lazy("Not set aside: that is no day."),
    no_time=gettext_lazy("Not set aside: that is no time of day."),
)


class AsideForm(Form):
    """Until when: `time` is one of those offered, `written`, or `custom` with a day and a time of day beside it."""

    time = forms.CharField(max_length=20, required=False)
    day = day_field(NOT_ASIDE)
    clock = clock_field(NOT_ASIDE)

    def clean(self) -> dict[str, Any]:
        """Find the moment that was meant; `until` is `None` for "until they write"."""
        given = super().clean() or {}
        if not self.errors:
            given["until"] = (
                None
                if given["time"] == UNTIL_THEY_WRITE
                else moment_called(given["time"], given["day"], given["clock"], NOT_ASIDE)
            )
        return given


class Refused(TicketError):
    """What a form refuses, in its own words."""

    def __init__(self, sentence: Any) -> None:
        super().__init__()
        self.sentence = sentence


@require_POST
def aside(request: AgentRequest, number: int) -> HttpResponse:
    """POST sets the request aside until a time, or until they write."""
    ticket, form = ticket_of(request, number), AsideForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(mistakes_in(form))
        event = ticket.set_aside(by=request.agent, until=form.cleaned_data["until"])
    except TicketError as error:
        return refuse(request, ticket, error)
    return show(request, ticket, event)


@require_POST
def state(request: AgentRequest, number: int) -> HttpResponse:
    """POST puts the request into `state`, or into the workspace's `own` one of this id.

    With `tell`, an answer that says so waits in the composer.
    """
    ticket = ticket_of(request, number)
    try:
        event = put(ticket, request.POST, by=request.agent)
    except TicketError as error:
        return refuse(request, ticket, error)
    if "tell" in request.POST and ticket.state == Ticket.State.ACCEPTED:
        _prefill(ticket, request.agent)
        return load(request, ticket, f"#composer-{ticket.number}")
    return show(request, ticket, event)


def put(ticket: Ticket, given: QueryDict, *, by: Agent) -> Event | None:
    """Put the request into `state`, or into the workspace's `own` one of this id, and return what tells of it.

    Raises what the verbs raise.
    """
    if own := given.get("own", ""):
        return _put_into_own(ticket, own, by)
    return _put(ticket, given.get("state", ""), by)


def _put(ticket: Ticket, asked: str, by: Agent) -> Event | None:
    verbs: dict[str, Callable[[], Event | None]] = {
        "open": lambda: ticket.call_welcome(by=by) or ticket.reopen(by=by),
        "waiting": lambda: ticket.wait(by=by),
        "accepted": lambda: ticket.accept(by=by),
        "closed": lambda: ticket.close(by=by),
        "closed_unsuccessfully": lambda: ticket.close(by=by, state=Ticket.State.CLOSED_UNSUCCESSFULLY),
        "spam": lambda: ticket.call_spam(by=by),
    }
    verb = verbs.get(asked)
    if verb is None:
        raise _too_old()
    return verb()


def _put_into_own(ticket: Ticket, asked: str, by: Agent) -> Event | None:
    own = OwnState.objects.visible_to(by).filter(pk__in=whole_numbers([asked])).first()
    if own is None:
        raise _too_old()
    return put_into(ticket, own, by=by)


def _too_old() -> Refused:
    return Refused(OUTDATED)


def _prefill(ticket: Ticket, agent: Agent) -> None:
    """Begin an answer that says the work is taken on, unless the colleague is writing something already."""
    if draft_of(ticket, agent) is None:
        typed = Typed(text=_words_of_acceptance(ticket), seen_up_to=ticket.last_position)
        save_draft(ticket, agent, typed, version=0)


def _words_of_acceptance(ticket: Ticket) -> str:
    last = ticket.last_of_requester
    spoken = [code for code, _name in settings.LANGUAGES]
    language = last.language if last and last.language in spoken else ticket.workspace.language
    with translation.override(language):
        words = _("We have taken this on and are working on it. You will hear from us when it is done.")
        name = ticket.requester.name
        return f"{_('Hello %(name)s,') % {'name': name}}\n\n{words}" if name else words

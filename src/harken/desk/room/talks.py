"""Logging what was said elsewhere: whose words, on which request, and whether they are asked to write it themselves."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.contacts.adding import add_contact
from harken.contacts.errors import ContactsError
from harken.contacts.models import Contact
from harken.desk.forms import Text, mistakes_in
from harken.desk.people.finding import people_named
from harken.lib.numbers import whole_number
from harken.lib.text import one_line
from harken.tickets.errors import TicketError
from harken.tickets.models import Message, Talk, Then, Ticket, Words
from harken.tickets.once import send_once
from harken.tickets.talks import log_talk
from harken.ui.forms import Form

NEW = "new"
LONGEST_NAME = 300
MOST_MINUTES = 24 * 60

NO_MINUTES = gettext_lazy("Nothing was logged: minutes are a whole number, a day (1440) at most.")


class LogForm(Form):
    """`place` is `new` (a new person), `contact-ID` (a new request of theirs) or `ticket-NUMBER`."""

    who = Text(required=False)
    reached_at = Text(required=False)
    place = forms.RegexField(r"^(new|contact-\d{1,18}|ticket-\d{1,18})$", required=False)
    way = forms.ChoiceField(choices=Talk.Way.choices)
    direction = forms.ChoiceField(choices=Talk.Direction.choices)
    minutes = forms.IntegerField(
        min_value=0,
        max_value=MOST_MINUTES,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), NO_MINUTES),
    )
    text = Text(required=False)
    then = forms.ChoiceField(choices=Then.choices)
    asks_change = forms.BooleanField(required=False)
    letter = Text(required=False)
    key = forms.UUIDField(required=False)

    def __init__(self, given: Any, agent: Agent) -> None:
        super().__init__(given)
        self._agent = agent

    def clean_who(self) -> str:
        return one_line(self.cleaned_data["who"], LONGEST_NAME)

    def clean(self) -> dict[str, Any]:
        """Find whom and what was meant: `ticket`, else `contact`, else neither for a newcomer."""
        given = super().clean() or {}
        kind, _dash, pk = (given.get("place") or NEW).partition("-")
        given["ticket"] = self._ticket(pk) if kind == "ticket" else None
        given["contact"] = self._contact(pk) if kind == "contact" else None
        if given.get("asks_change") and not (given.get("letter") or "").strip():
            raise ValidationError(
                gettext_lazy(
                    "The letter to them is empty. Nothing was logged; write it, or take the mark off."
                )
            )
        return given

    def _ticket(self, number: str) -> Ticket:
        if ticket := Ticket.objects.visible_to(self._agent).filter(number=number).first():
            return ticket
        raise ValidationError(gettext_lazy("That request is not here any more. Choose another one."))

    def _contact(self, pk: str) -> Contact:
        if contact := Contact.objects.visible_to(self._agent).present().filter(pk=pk).first():
            return contact
        raise ValidationError(gettext_lazy("That person is not here any more. Choose somebody else."))


@require_http_methods(["GET", "POST"])
def log(request: AgentRequest) -> HttpResponse:
    """GET shows the form, `contact` chosen beforehand; POST logs it, with `find` it looks people up instead."""
    if request.method == "GET":
        return _page(request, {"way": request.GET.get("way", Talk.Way.CALL)})
    typed = request.POST.dict()
    if "find" in request.POST:
        return _page(request, typed)
    form = LogForm(request.POST, request.agent)
    if not form.is_valid():
        return _page(request, typed, mistakes_in(form))
    try:
        message = _log(form.cleaned_data, request.agent)
    except (TicketError, ContactsError) as error:
        return _page(request, typed, str(error))
    notices.success(request, _("Logged as %(number)s.") % {"number": message.ticket.short_number})
    room = reverse("desk:room", kwargs={"workspace": request.workspace.slug})
    return HttpResponseRedirect(f"{room}#ask-{message.ticket.number}")


@transaction.atomic
def _log(asked: dict[str, Any], by: Agent) -> Message:
    words = Words(asked["text"])
    said = {"by": by, "way": asked["way"], "direction": asked["direction"]}
    said |= {"minutes": asked["minutes"], "then": asked["then"]}

    def write_down() -> Message:
        message: Message = (
            asked["ticket"].log(words, **said)
            if asked["ticket"]
            else log_talk(asked["contact"] or _newcomer(asked, by), words, **said)
        )
        if asked["asks_change"]:
            ticket = message.ticket
            ticket.reply(Words(asked["letter"]), by=by, seen_up_to=ticket.last_position)
        return message

    return send_once(by, asked["key"], words, write_down)


def _newcomer(asked: dict[str, Any], by: Agent) -> Contact:
    reached_at = [asked["reached_at"]] if asked["reached_at"].strip() else []
    return add_contact(by.workspace, by=by, reached_at=reached_at, name=asked["who"])


def _page(request: AgentRequest, typed: dict[str, Any], refusal: str = "") -> HttpResponse:
    contact_id = whole_number(request.GET.get("contact", "")) or 0
    found = people_named(request.agent, typed.get("who", ""), contact_id=contact_id)
    if contact_id and found:
        typed = {"who": found[0].name, "place": f"contact-{contact_id}"} | typed
    context = {
        "typed": typed,
        "found": found,
        "place": typed.get("place", ""),
        "ways": Talk.Way.choices,
        "directions": Talk.Direction.choices,
        "turns": Then.choices,
        "letter": typed.get("letter") or _letter(request),
        "key": typed.get("key") or str(uuid4()),
        "refusal": refusal,
    }
    return render(request, "desk/room/log.html", context, status=422 if refusal else 200)


def _letter(request: AgentRequest) -> str:
    """The words by which somebody is asked to write down themselves what they want."""
    return _(
        "Hello,\n\nwe have just talked about a change. So that nothing of it is lost or misunderstood, please answer "
        "this letter and say in your own words what you want to be done.\n\nThank you,\n%(name)s"
    ) % {"name": request.agent.name}

"""The page on which a message is moved: to the ticket it belongs to, or into one of its own."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.forms import mistakes_in
from harken.lib.numbers import whole_number
from harken.lib.text import clean, preview
from harken.tickets.errors import TicketError
from harken.tickets.models import Message, Ticket
from harken.tickets.models.ticket import SUBJECT_LETTERS
from harken.tickets.move import move, split
from harken.tickets.related import related_to
from harken.ui.forms import Form

NEW, NUMBER = "new", "number"
MOST_OFFERED = 8


@dataclass(frozen=True)
class Offered:
    """A ticket the message may belong to."""

    number: int
    short_number: str
    title: str


class MoveForm(Form):
    """Where a message goes: `to` is `new`, `number` (typed beside it), or the number of a ticket that was offered."""

    to = forms.CharField(max_length=20)
    subject = forms.CharField(max_length=SUBJECT_LETTERS, required=False)
    number = forms.CharField(max_length=30, required=False)
    following = forms.BooleanField(required=False)

    def __init__(self, given: QueryDict, agent: Agent) -> None:
        super().__init__(given)
        self._agent = agent

    def clean_subject(self) -> str:
        return clean(self.cleaned_data["subject"])

    def clean(self) -> dict[str, object]:
        """Find the ticket that was meant; `target` is `None` for a new one."""
        given = super().clean() or {}
        asked, typed = given.get("to", ""), given.get("number", "")
        if asked == NEW and typed:
            # A new one is chosen beforehand: who types a number means it.
            asked = NUMBER
        text = typed if asked == NUMBER else asked
        given["target"] = None if asked == NEW else self._ticket(text)
        return given

    def _ticket(self, text: str) -> Ticket:
        number = whole_number(text.strip().lstrip("#"))
        found = Ticket.objects.visible_to(self._agent).numbered(number or 0).first()
        if found:
            return found
        sentence = gettext_lazy("There is no request “%(text)s” here. Nothing was moved; look at the number.")
        raise ValidationError(sentence, params={"text": text})


@require_http_methods(["GET", "POST"])
def place(request: AgentRequest, message_id: int) -> HttpResponse:
    """GET shows where a message lies and where it may go; POST puts it there."""
    rows = Message.objects.visible_to(request.agent).select_related(
        "ticket", "author_agent__user", "author_contact"
    )
    message = get_object_or_404(rows, pk=message_id)
    if request.method == "GET":
        return _page(request, message)
    form = MoveForm(request.POST, request.agent)
    if not form.is_valid():
        return _page(request, message, mistakes_in(form))
    try:
        target = _moved(message, form, request.agent)
    except TicketError as error:
        return _page(request, message, str(error))
    notices.success(
        request, _("Moved to %(number)s. Letters that answer it follow.") % {"number": target.short_number}
    )
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": target.number})
    return HttpResponseRedirect(f"{address}#message-{message.pk}")


def _moved(message: Message, form: MoveForm, agent: Agent) -> Ticket:
    asked = form.cleaned_data
    if asked["target"] is None:
        return split(message, by=agent, subject=asked["subject"], following=asked["following"])
    return move(message, to=asked["target"], by=agent, following=asked["following"])


def _page(request: AgentRequest, message: Message, refusal: str = "") -> HttpResponse:
    context = {
        "message": message,
        "ticket": message.ticket,
        "words": preview(message.visible_text or message.text),
        "later": message.ticket.messages.after(message.position).count(),
        "offered": _offered(message, request.agent),
        "typed": request.POST,
        "refusal": refusal,
    }
    return render(request, "desk/place.html", context, status=422 if refusal else 200)


def _offered(message: Message, agent: Agent) -> list[Offered]:
    """Where it came from, what is related, and what its writer asked besides: in this order."""
    tickets = Ticket.objects.visible_to(agent)
    writer = message.author_contact_id or message.ticket.requester_id
    came_from = tickets.filter(pk__in=[message.moved_from_id or 0])
    asked = tickets.filter(requester=writer).exclude(state=Ticket.State.MERGED).newest_first()[:MOST_OFFERED]
    found = {each.pk: each for each in (*came_from, *related_to(message.ticket, agent), *asked)}
    found.pop(message.ticket_id, None)
    return [
        Offered(each.number, each.short_number, each.title) for each in list(found.values())[:MOST_OFFERED]
    ]

"""What is told after a press on "Send" that did more than send, with the way back: the page may show another one."""

from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from harken.agents.models import Agent, User
from harken.desk.composing.sending import Sent
from harken.desk.leaving import Leaving
from harken.desk.undoing import Done
from harken.events.models import Event
from harken.tickets.models import Ticket
from harken.tickets.schedule import PLANNED


@dataclass(frozen=True)
class Told:
    """A line about what was done: taken back by an event, or as a message, as long as that has not left."""

    done: Done
    leaving: Leaving | None = None
    message_id: int = 0

    @classmethod
    def of(cls, sent: Sent, ticket: Ticket, agent: Agent) -> Self | None:
        """Return the line, `None` where a message alone was sent: that is told in the thread."""
        told = Event.objects.filter(workspace=ticket.workspace_id, ticket_id=ticket.pk, agent_id=agent.pk)
        if sent.planned:
            planned = told.filter(type=PLANNED, about_id=sent.planned.pk).order_by("-id").first()
            done = Done.told(planned, agent)
            return cls(done) if done else None
        if sent.message is None or not sent.is_closed:
            return None
        if leaving := Leaving.of(sent.message, agent.pk):
            return cls(Done(_("Closed.")), leaving, sent.message.pk) if _is_led_on(agent) else None
        done = Done.by(told.filter(type="ticket.closed").order_by("-id").first(), _("Closed."))
        return cls(done) if done else None


def _is_led_on(agent: Agent) -> bool:
    """Say whether a page leaves the thread, in which the answer stands with its way back."""
    return agent.workspace.has("inbox") and agent.user.after_closing != User.AfterClosing.STAY

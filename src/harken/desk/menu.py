"""The menus in a thread's head: what can be done to a request as it stands now."""

from dataclasses import dataclass
from typing import Self

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.models import SpamSender
from harken.desk import turns
from harken.desk.own.shown import own_states_of
from harken.fields.apps import CUSTOMISING
from harken.lib.later import offered
from harken.tickets.models import OwnState, Ticket
from harken.ui.moments import until

NAMES: dict[str, str | Promise] = {
    "hour": _("In an hour"),
    "evening": _("This evening"),
    "tomorrow": _("Tomorrow morning"),
    "monday": _("Monday morning"),
}


@dataclass(frozen=True)
class Time:
    """A time to set a request aside to, offered in the menu."""

    name: str
    label: str | Promise
    when: str


def times_now() -> list[Time]:
    """Return the times offered at this moment, in the reader's zone."""
    return [Time(each.name, NAMES[each.name], until(each.at)) for each in offered(timezone.localtime())]


@dataclass(frozen=True)
class Menu:
    """What can be done to a request. `spam_senders` are those whose letters are taken for spam because of it."""

    times: list[Time]
    first_day: str
    is_spam: bool
    is_set_aside: bool
    is_accepted: bool
    is_waiting: bool
    is_closed_unsuccessfully: bool
    spam_senders: list[str]
    # The workspace's own states that it is not in.
    own_states: list[OwnState]
    has_own_fields: bool

    @staticmethod
    def mark_of(state: str) -> str:
        """The mark of a state of the workspace's own is that of its kind."""
        return turns.mark_of_state(state)

    @classmethod
    def of(cls, ticket: Ticket, agent: Agent) -> Self:
        now = timezone.localtime()
        states = Ticket.State
        is_spam = ticket.state == states.SPAM
        senders = SpamSender.objects.visible_to(agent).filter(ticket=ticket) if is_spam else ()
        return cls(
            times=times_now(),
            first_day=now.date().isoformat(),
            is_spam=is_spam,
            is_set_aside=ticket.state == states.SET_ASIDE,
            is_accepted=ticket.state == states.ACCEPTED,
            is_waiting=ticket.state == states.WAITING,
            is_closed_unsuccessfully=ticket.state == states.CLOSED_UNSUCCESSFULLY,
            spam_senders=sorted(each.address for each in senders),
            own_states=[]
            if is_spam
            else [each for each in own_states_of(agent) if each.pk != ticket.own_state_id],
            has_own_fields=agent.workspace.has(CUSTOMISING),
        )

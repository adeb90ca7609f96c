from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.events.models import Event
from harken.events.record import record
from harken.fields.answers import missing_to_close
from harken.lib import rows
from harken.tickets.errors import (
    ChangedSince,
    NotAnswered,
    TicketIsMerged,
    TicketIsSpam,
    TimeIsOver,
    TooFarAway,
)
from harken.tickets.models.own_state import OwnState
from harken.tickets.states import CLOSED_STATES, State

# Whoever sets a request aside for longer has mistyped the year.
LONGEST_ASIDE = timedelta(days=5 * 366)
_MOMENTS = ("waiting_since", "closed_at", "set_aside_until", "accepted_at")
_IDS = ("assignee", "own_state")
# What is told when somebody's words put a ticket back on the list.
_BROUGHT_BACK = dict.fromkeys(CLOSED_STATES, "ticket.reopened") | {State.SET_ASIDE: "ticket.returned"}


class WhoseTurn(models.Model):
    """A ticket's state: whose turn it is, whose work it is, and whether it is done.

    Every verb records an event with how the ticket stood before and after, by which `tickets.undo` takes it back, and
    returns that event; `None` where it changed nothing.
    """

    assignee = models.ForeignKey(
        Agent, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    state = models.CharField(max_length=24, choices=State, default=State.OPEN)
    # What the workspace calls it, within its state; over as soon as the state is another one.
    own_state = models.ForeignKey(
        OwnState, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets", db_index=False
    )
    waiting_since = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # When a ticket that is set aside comes back by itself; `None` is when they write.
    set_aside_until = models.DateTimeField(null=True)
    # Since when the work has been handed on. It stays so while questions about it go back and forth.
    accepted_at = models.DateTimeField(null=True)

    # The ticket's own, which the model brings.
    number: Any
    fields: Any
    hold: Any
    _save: Any

    class Meta:
        abstract = True

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def is_our_turn(self) -> bool:
        return self.state == State.OPEN and self.waiting_since is not None

    @property
    def standing(self) -> dict[str, Any]:
        """How it stands, as an event keeps it: state, moments as ISO 8601, ids of the assignee and the own state."""
        moments = {name: getattr(self, name) for name in _MOMENTS}
        said = {name: at.isoformat() if at else None for name, at in moments.items()}
        ids = {"assignee": self.assignee_id, "own_state": self.own_state_id}
        return {"state": str(self.state), **ids, **said}

    @property
    def state_name(self) -> str:
        """What its state is called: by the workspace, else by us."""
        return self.own_state.name if self.own_state else str(State(self.state).label)

    def turn_to(self, state: str) -> None:
        """Let it be in a state, unsaved; what the workspace called another one is over."""
        if self.state != state:
            self.state, self.own_state = state, None

    @transaction.atomic
    def close(self, *, by: Agent, state: str = State.CLOSED, own: OwnState | None = None) -> Event | None:
        """Close it, successfully unless told otherwise. Closing a closed one changes nothing.

        Somebody who closes answers first what the workspace needs to know then; one that is closed already is not
        asked again. A quiet letter that begins closed, a merge, spam and the undoing of any are no such closing:
        nobody is there to ask, or the request is not done but elsewhere or none. Raises TicketIsSpam, NotAnswered.

        `own` is what the workspace calls it, here and in the other verbs: another name for the same state is told
        as `ticket.state_named`.
        """
        self._hold_living()
        if self.state == state:
            return self._call(own, by)
        if not self.is_closed and (missing := missing_to_close(by.workspace, self.fields)):
            raise NotAnswered(field.name for field in missing)
        return self._stand("ticket.closed", by, {"state": state}, own, state=state, closed_at=timezone.now())

    @transaction.atomic
    def reopen(self, *, by: Agent, own: OwnState | None = None) -> Event | None:
        """Put it back on the list, closed, set aside or handed on. Reopening an open one changes nothing."""
        self._hold_living()
        if self.state == State.OPEN:
            return self._call(own, by)
        return self._stand("ticket.reopened", by, own=own, state=State.OPEN, waiting_since=timezone.now())

    @transaction.atomic
    def wait(self, *, by: Agent, own: OwnState | None = None) -> Event | None:
        """Say that it is their turn, as after a word on the phone. Raises TicketIsSpam."""
        self._hold_living()
        if self.state == State.WAITING:
            return self._call(own, by)
        return self._stand("ticket.left_waiting", by, own=own, state=State.WAITING)

    @transaction.atomic
    def set_aside(
        self, *, by: Agent, until: datetime | None = None, own: OwnState | None = None
    ) -> Event | None:
        """Take it off the list until a moment, when it comes back by itself, or else until they write.

        Their writing always brings it back. Raises TimeIsOver, TooFarAway, TicketIsSpam.
        """
        self._hold_living()
        if until is not None:
            _check_moment(until)
        if (self.state, self.set_aside_until) == (State.SET_ASIDE, until):
            return self._call(own, by)
        said = {"until": until.isoformat() if until else None}
        return self._stand(
            "ticket.set_aside",
            by,
            said,
            own,
            state=State.SET_ASIDE,
            set_aside_until=until,
            accepted_at=self.accepted_at,
        )

    @transaction.atomic
    def come_back(self) -> Event | None:
        """Put it back on the list when its time has come; before that, and a second time, it changes nothing."""
        self.hold()
        until = self.set_aside_until
        # By the database's clock, by which the job that calls this was due.
        if until is None or until > rows.now():
            return None
        return self._stand(
            "ticket.returned",
            None,
            {"until": until.isoformat()},
            state=State.OPEN,
            waiting_since=timezone.now(),
            accepted_at=self.accepted_at,
        )

    @transaction.atomic
    def accept(self, *, by: Agent, own: OwnState | None = None) -> Event | None:
        """Note that the work is handed on: it is off the list until done. Raises TicketIsSpam."""
        self._hold_living()
        if self.state == State.ACCEPTED:
            return self._call(own, by)
        since = self.accepted_at or timezone.now()
        return self._stand("ticket.accepted", by, own=own, state=State.ACCEPTED, accepted_at=since)

    @transaction.atomic
    def call_spam(self, *, by: Agent) -> Event | None:
        """Call it spam: off every list, and `channels` learns its sender. Calling it so again changes nothing."""
        self.hold()
        self._refuse_if_merged()
        if self.state == State.SPAM:
            return None
        return self._stand("ticket.called_spam", by, state=State.SPAM)

    @transaction.atomic
    def call_welcome(self, *, by: Agent) -> Event | None:
        """Say that it is no spam: our turn again, and `channels` forgets what it learnt."""
        self.hold()
        self._refuse_if_merged()
        if self.state != State.SPAM:
            return None
        return self._stand("ticket.welcomed", by, state=State.OPEN, waiting_since=timezone.now())

    @transaction.atomic
    def assign_to(self, agent: Agent | None, *, by: Agent) -> Event | None:
        """Give it to a colleague, or to nobody."""
        self.hold()
        self._refuse_if_merged()
        if self.assignee == agent:
            return None
        before, self.assignee = self.standing, agent
        self._save("assignee")
        said = {"number": self.number, "to": agent.pk if agent else None}
        return record("ticket.assigned", self, by=by, before=before, after=self.standing, **said)

    def stand_again(
        self, told: str, *, by: Agent, before: dict[str, Any], after: dict[str, Any], **said: Any
    ) -> Event:
        """Put back what a verb changed, on a held ticket. Raises ChangedSince when somebody changed it again."""
        self._refuse_if_merged()
        changed = {name for name in before if before[name] != after.get(name)}
        now = self.standing
        if any(now[name] != after[name] for name in changed):
            raise ChangedSince
        self.put_back({name: before[name] for name in changed})
        return record(told, self, by=by, number=self.number, before=now, after=self.standing, **said)

    def put_back(self, standing: dict[str, Any]) -> None:
        """Let a held ticket stand as `standing` said, or a part of it."""
        if "state" in standing:
            # Where an event of an earlier version says nothing of it, it had none.
            standing = {"own_state": None} | standing
        for name, value in standing.items():
            attribute = f"{name}_id" if name in _IDS else name
            setattr(self, attribute, _read(name, value))
        self._save(*standing)

    def _call(self, own: OwnState | None, by: Agent) -> Event | None:
        """Call the state in which it is by another name; `None` is ours."""
        if self.own_state_id == (own.pk if own else None):
            return None
        before, self.own_state = self.standing, own
        self._save("own_state")
        said = {"number": self.number, "called": self.state_name}
        return record("ticket.state_named", self, by=by, before=before, after=self.standing, **said)

    def _stand(
        self,
        told: str,
        by: Agent | None,
        said: dict[str, Any] | None = None,
        own: OwnState | None = None,
        **values: Any,
    ) -> Event:
        """Let it stand so from now on: what is not named of the moments is over."""
        before = self.standing
        values = {"own_state": own} | dict.fromkeys(_MOMENTS) | values
        for name, value in values.items():
            setattr(self, name, value)
        self._save(*values)
        called = {"called": own.name} if own else {}
        told_of = {"number": self.number, "before": before, "after": self.standing, **called, **(said or {})}
        return record(told, self, by=by, **told_of)

    def _take_turn_for(self, asked_at: datetime) -> None:
        """Let it be our turn, unsaved, since somebody asked, or asked before."""
        self.turn_to(State.OPEN)
        self.closed_at = self.set_aside_until = None
        self.waiting_since = self.waiting_since or asked_at

    def _tell_if_back(self, before: dict[str, Any]) -> None:
        told = _BROUGHT_BACK.get(before["state"])
        if told and self.state == State.OPEN:
            record(told, self, number=self.number, before=before, after=self.standing)

    def _wait_for_them(self, by: Agent) -> None:
        # What is handed on stays so: the answer was one to a question about it.
        self.turn_to(State.ACCEPTED if self.accepted_at else State.WAITING)
        self.waiting_since = self.closed_at = self.set_aside_until = None
        self.assignee = self.assignee or by
        self._save("state", "own_state", "waiting_since", "closed_at", "set_aside_until", "assignee")

    def _hold_living(self) -> None:
        self.hold()
        self._refuse_if_merged()
        if self.state == State.SPAM:
            raise TicketIsSpam

    def _refuse_if_merged(self) -> None:
        if self.state == State.MERGED:
            raise TicketIsMerged


def _check_moment(until: datetime) -> None:
    now = timezone.now()
    if until <= now:
        raise TimeIsOver
    if until > now + LONGEST_ASIDE:
        raise TooFarAway


def _read(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name in _MOMENTS and value else value

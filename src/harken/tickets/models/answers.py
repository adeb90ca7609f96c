from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.recognise import recognise_all
from harken.events.record import record
from harken.lib import rows
from harken.lib.addresses import normalise_all
from harken.tickets.errors import NobodyToForwardTo, NobodyToSendTo, SomethingUnseen, StaysInside
from harken.tickets.models.lock import AnswerLock
from harken.tickets.models.message import Message, Words
from harken.tickets.models.participant import let_join


@dataclass(frozen=True)
class Whom:
    """The addresses a message goes to; nobody is named twice."""

    to: list[str]
    cc: list[str]
    bcc: list[str]

    @property
    def all(self) -> list[str]:
        return [*self.to, *self.cc, *self.bcc]


class AnswersLeave:
    """What leaves from a ticket because a colleague wrote it."""

    # The ticket's own, which the model brings.
    pk: Any
    number: Any
    workspace: Any
    messages: Any
    last_position: int
    standing: Any
    stays_inside: Any
    reply_addresses: Any
    copied_addresses: Any
    hold: Any
    ask: Any
    is_asked_by: Any
    _add: Any
    _save: Any
    _refuse_if_merged: Any
    _wait_for_them: Any

    @transaction.atomic
    def reply(
        self,
        words: Words,
        *,
        by: Agent,
        seen_up_to: int,
        to: Iterable[str] = (),
        cc: Iterable[str] | None = None,
        bcc: Iterable[str] = (),
        reached: Sequence[str] = (),
        undo_seconds: int = 0,
    ) -> Message:
        """Queue an answer to the customer; `channels` delivers it after commit, or when it cannot be taken back more.

        `seen_up_to` is the last position the sender had before their eyes. Without `to` it goes to the
        requester, without `cc` to those copied so far; those under `bcc` get it unseen by the others, and those
        whom it has `reached` already get no second one.
        Raises NothingToSend, NobodyToSendTo, TooLong, TicketIsMerged, or SomethingUnseen when anything newer is
        there that the sender did not write. Of a request that stays inside nothing leaves: colleagues read it here, and
        whoever asked goes on asking.
        """
        if self.is_asked_by(by):
            return cast(Message, self.ask(words, by=by))
        whom = self.whom_to_answer(words, by=by, seen_up_to=seen_up_to, to=to, cc=cc, bcc=bcc)
        before = self.standing
        message, joined = self._leave(Message.Kind.REPLY, words, by, whom, undo_seconds)
        AnswerLock.let_go(self.pk, by.pk)
        self._wait_for_them(by)
        known = {"reached": sorted(reached)} if reached else {}
        self._queued(message, by, joined=joined, before=before, after=self.standing, **known)
        return message

    @transaction.atomic
    def forward(
        self,
        words: Words,
        *,
        by: Agent,
        seen_up_to: int,
        to: Iterable[str],
        cc: Iterable[str] = (),
        bcc: Iterable[str] = (),
        undo_seconds: int = 0,
    ) -> Message:
        """Queue what was said here for somebody outside; it is nobody's answer, and changes no turn.

        Their answers join the ticket, and nobody gets copies for it. Raises what `reply` raises, NobodyToForwardTo
        without `to`, and StaysInside for one that stays inside.
        """
        whom = self.whom_to_forward(words, by=by, seen_up_to=seen_up_to, to=to, cc=cc, bcc=bcc)
        message, joined = self._leave(Message.Kind.FORWARD, words, by, whom, undo_seconds, copied=[])
        self._save("last_activity_at")
        self._queued(message, by, joined=joined)
        return message

    def whom_to_answer(
        self,
        words: Words,
        *,
        by: Agent,
        seen_up_to: int,
        to: Iterable[str] = (),
        cc: Iterable[str] | None = None,
        bcc: Iterable[str] = (),
    ) -> Whom:
        """Hold the ticket, and return whom an answer may go to now. Raises what `reply` raises."""
        self._hold_for(words, by, seen_up_to, [*to, *(cc or ()), *bcc])
        if self.stays_inside:
            return Whom([], [], [])
        recipients = normalise_all(to) or self.reply_addresses
        if not recipients:
            raise NobodyToSendTo
        return _whom(recipients, self.copied_addresses if cc is None else cc, bcc)

    def whom_to_forward(
        self,
        words: Words,
        *,
        by: Agent,
        seen_up_to: int,
        to: Iterable[str],
        cc: Iterable[str] = (),
        bcc: Iterable[str] = (),
    ) -> Whom:
        """Hold the ticket, and return whom it may be forwarded to now. Raises what `forward` raises."""
        if self.stays_inside:
            raise StaysInside
        recipients = normalise_all(to)
        if not recipients:
            raise NobodyToForwardTo
        self._hold_for(words, by, seen_up_to, [*recipients, *cc, *bcc])
        return _whom(recipients, cc, bcc)

    def _hold_for(self, words: Words, by: Agent, seen_up_to: int, addresses: Iterable[str]) -> None:
        words.check()
        recognise_all(self.workspace, normalise_all(addresses))
        self.hold()
        self._refuse_if_merged()
        self._refuse_if_unseen(seen_up_to, by)

    def _refuse_if_unseen(self, seen_up_to: int, by: Agent) -> None:
        if seen_up_to > self.last_position:
            # Nobody can have read what is not there: they read something else, and nothing of this.
            seen_up_to = 0
        unseen = list(self.messages.after(seen_up_to).that_must_be_seen_by(by))
        if unseen:
            raise SomethingUnseen(unseen)

    def _leave(
        self,
        kind: str,
        words: Words,
        by: Agent,
        whom: Whom,
        undo_seconds: int,
        *,
        copied: Sequence[str] | None = None,
    ) -> tuple[Message, list[str]]:
        """Add a message that leaves, and return it with the addresses that take part because of it."""
        # Of what goes to nobody there is nothing to take back.
        is_held = undo_seconds > 0 and bool(whom.all)
        leaves_at = rows.now() + timedelta(seconds=undo_seconds) if is_held else None
        message: Message = self._add(words, kind, author_agent=by, leaves_at=leaves_at, **vars(whom))
        return message, let_join(cast(Any, self), whom.all, copied=whom.cc if copied is None else copied)

    def _queued(self, message: Message, by: Agent, *, joined: list[str], **said: Any) -> None:
        if joined:
            said["joined"] = joined
        record("message.queued", message, by=by, number=self.number, **said)


def _whom(to: list[str], cc: Iterable[str], bcc: Iterable[str]) -> Whom:
    copies = [each for each in normalise_all(cc) if each not in to]
    named = {*to, *copies}
    return Whom(to, copies, [each for each in normalise_all(bcc) if each not in named])

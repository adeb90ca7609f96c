from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.recognise import recognise_all
from harken.events.record import record
from harken.lib.addresses import normalise_all
from harken.tickets.errors import NobodyToSendTo, SomethingUnseen
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
    is_internal: Any
    reply_addresses: Any
    copied_addresses: Any
    hold: Any
    ask: Any
    is_asked_by: Any
    _check: Any
    _add: Any
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
    ) -> Message:
        """Queue an answer to the customer; `channels` delivers it after commit.

        `seen_up_to` is the last position the sender had before their eyes. Without `to` it goes to the
        requester, without `cc` to those copied so far; those under `bcc` get it unseen by the others, and those
        whom it has `reached` already get no second one.
        Raises NothingToSend, NobodyToSendTo, TooLong, TicketIsMerged, or SomethingUnseen when anything newer is
        there that the sender did not write. Of an internal request nothing leaves: colleagues read it here, and
        whoever asked goes on asking.
        """
        if self.is_asked_by(by):
            return self.ask(words, by=by)
        self._check(words)
        recognise_all(self.workspace, [*normalise_all(to), *normalise_all(cc or ()), *normalise_all(bcc)])
        self.hold()
        self._refuse_if_merged()
        self._refuse_if_unseen(seen_up_to, by)
        whom = self._whom(to, cc, bcc)
        message: Message = self._add(words, Message.Kind.REPLY, author_agent=by, **vars(whom))
        let_join(cast(Any, self), whom.all, copied=whom.cc)
        AnswerLock.let_go(self.pk, by.pk)
        self._wait_for_them(by)
        known = {"reached": sorted(reached)} if reached else {}
        record("message.queued", message, by=by, number=self.number, **known)
        return message

    def _whom(self, to: Iterable[str], cc: Iterable[str] | None, bcc: Iterable[str]) -> Whom:
        if self.is_internal:
            return Whom([], [], [])
        recipients = normalise_all(to) or self.reply_addresses
        if not recipients:
            raise NobodyToSendTo
        copies = self.copied_addresses if cc is None else normalise_all(cc)
        named = {*recipients, *copies}
        return Whom(recipients, copies, [each for each in normalise_all(bcc) if each not in named])

    def _refuse_if_unseen(self, seen_up_to: int, by: Agent) -> None:
        if seen_up_to > self.last_position:
            # Nobody can have read what is not there: they read something else, and nothing of this.
            seen_up_to = 0
        unseen = list(self.messages.after(seen_up_to).that_must_be_seen_by(by))
        if unseen:
            raise SomethingUnseen(unseen)

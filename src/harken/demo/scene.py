"""One ticket on the stage: each act changes it as the verb of the same name would, at its own moment."""

from dataclasses import asdict
from datetime import timedelta

from harken.channels.contract import Incoming
from harken.channels.email import read as reader
from harken.channels.email.folding import brings_news
from harken.channels.email.html_fold import fold_letter
from harken.channels.models import Arrival
from harken.channels.proof.foreign_numbers import numbers_in
from harken.channels.reasons import Rule
from harken.channels.robots.loops import STOPPED
from harken.contacts.models import PAUSE_AFTER_LOOP, Identity
from harken.demo.cast import PERSON, Person
from harken.demo.letters import letter
from harken.demo.plot import Act
from harken.demo.proofs import Judged, as_person, checked, judged_first, kept_as_draft, let_in
from harken.demo.sending import Sending
from harken.demo.stage import Told
from harken.lib.text import clean
from harken.tickets.models import (
    Draft,
    ForeignNumber,
    Message,
    Ticket,
    TicketLink,
    Words,
)

State = Ticket.State
DUPLICATE_SECONDS = 40


class Scene(Sending):
    """A ticket and everything that happens to it."""

    def play(self, act: Act) -> None:
        """Let one act happen."""
        verbs = {"customer": self._receive, "reply": self._reply, "note": self._note, "assign": self._assign}
        verbs["draft"] = self._keep_draft
        verbs.get(act.turn.kind, self._end)(act)

    def _receive(self, act: Act) -> None:
        is_first, was_closed = not self._messages, self.ticket.is_closed
        sender = PERSON[act.by.key]
        copies = [PERSON[act.turn.cc].email] if act.turn.cc else []
        beside = self._stage.scenes[act.turn.beside] if act.turn.beside else None
        raw = letter(act, sender, (beside or self)._envelope(copies, to_mailbox=is_first), self._zone)
        incoming = reader.read(raw)
        message = self._take_in(act, sender, incoming, copies)
        if not message.is_automatic:
            self._wait_for_us(message)
        self._tell_received(
            act, message, is_first=is_first, was_closed=was_closed and not message.is_automatic
        )
        judged = self._judged(act, sender, incoming, beside, is_first=is_first)
        self._note_arrivals(act, sender, raw, incoming, message, judged)
        self._note_around(act, message, beside, is_first=is_first)

    def _judged(
        self, act: Act, sender: Person, incoming: Incoming, beside: Told | None, *, is_first: bool
    ) -> Judged:
        if "loops" in act.turn.marks:
            evidence = {"sender": sender.email, "number": self.ticket.short_number}
            return Judged(Arrival.State.LOOP, Rule.LOOP_EXCHANGE, evidence)
        if is_first:
            return judged_first(incoming, beside.ticket.short_number if beside else "")
        return let_in(incoming, sender.email, self._messages[0].author_address)

    def _note_around(self, act: Act, message: Message, beside: Told | None, *, is_first: bool) -> None:
        """What a letter brings besides itself: a request next to it, another desk's number, an answer of ours."""
        if is_first:
            self._stage.scenes[act.by.key] = self
            self._keep_numbers(message)
        if beside:
            link = TicketLink(
                workspace=self._stage.workspace,
                ticket=self.ticket,
                related=beside.ticket,
                created_at=act.at,
            )
            self._rows.links.append(link)
        if "acknowledged" in act.turn.marks:
            self._acknowledge(act, message)
        if "loops" in act.turn.marks:
            self._stop_loop(act, message)

    def _keep_numbers(self, message: Message) -> None:
        found = numbers_in(self._stage.workspace, self.ticket.subject) if "#" in self.ticket.subject else {}
        self._rows.numbers.extend(
            ForeignNumber(
                workspace=self._stage.workspace,
                message=message,
                words=words,
                number=number,
                address=message.author_address,
                created_at=message.created_at,
            )
            for number, words in found.items()
        )

    def _stop_loop(self, act: Act, message: Message) -> None:
        identity = self._stage.identities[message.author_address]
        identity.automatic_mail_stopped = Identity.Stopped.LOOP
        identity.automatic_mail_stopped_until = act.at + PAUSE_AFTER_LOOP
        self._rows.changed[identity.pk] = identity
        self._happened(STOPPED, self.ticket, act.at, address=identity.address)

    def _keep_draft(self, act: Act) -> None:
        """A colleague has answered from their mail program, and what came before had not reached them."""
        agent = self._agent(act)
        seen_up_to = self.ticket.last_position - 1
        raw = letter(act, as_person(agent), self._envelope([]), self._zone)
        incoming = reader.read(raw)
        draft = Draft(
            workspace=self._stage.workspace,
            ticket=self.ticket,
            agent=agent,
            text=act.text,
            seen_up_to=seen_up_to,
            why=Draft.Why.UNSEEN,
            created_at=act.at,
            updated_at=act.at,
        )
        self._rows.drafts.append(draft)
        self._arrived(
            raw,
            act.at,
            **kept_as_draft(incoming, agent)._asdict(),
            envelope_from=agent.email,
            envelope_to=[incoming.to[0].email],
            content_sha256=incoming.content_sha256,
        )
        self._happened("draft.kept", draft, act.at, by=agent)

    def _take_in(self, act: Act, sender: Person, incoming: Incoming, copies: list[str]) -> Message:
        text = clean(incoming.text)
        is_news = brings_news(incoming.subject, is_answer=bool(incoming.references))
        folded = fold_letter(text, clean(incoming.html), self._held(), is_news=is_news)
        message = self._add(
            act,
            Message.Kind.CONTACT,
            text=text,
            visible_text=Words(text, folded.visible_text).apart_from_text,
            signature=folded.signature,
            html=folded.html,
            author_contact=self._stage.identities[sender.email].contact,
            author_address=sender.email,
            cc=copies,
            sent_at=incoming.sent_at,
            is_automatic=incoming.auto_reply or "loops" in act.turn.marks,
            invitation=asdict(incoming.invitation) if incoming.invitation else None,
            **checked(sender.email, act.turn.marks),
        )
        self._refer_as(message, incoming.external_id)
        self._attach(message, incoming.files)
        self._let_join([sender.email, *copies], copied=copies)
        return message

    def _wait_for_us(self, message: Message) -> None:
        ticket = self.ticket
        ticket.state, ticket.closed_at = State.OPEN, None
        ticket.waiting_since = ticket.waiting_since or message.created_at

    def _tell_received(self, act: Act, message: Message, *, is_first: bool, was_closed: bool) -> None:
        if is_first:
            self._happened("ticket.opened", self.ticket, act.at)
        self._happened("message.received", message, act.at)
        if was_closed:
            self._happened("ticket.reopened", self.ticket, act.at)

    def _note_arrivals(
        self, act: Act, sender: Person, raw: bytes, incoming: Incoming, message: Message, judged: Judged
    ) -> None:
        arrival = self._arrived(
            raw,
            act.at,
            **judged._asdict(),
            message=message,
            envelope_from=sender.email,
            envelope_to=[incoming.to[0].email],
            content_sha256=incoming.content_sha256,
        )
        if "twice" in act.turn.marks:
            self._arrived(
                raw,
                act.at + timedelta(seconds=DUPLICATE_SECONDS),
                state=Arrival.State.DUPLICATE,
                rule=Rule.DUPLICATE,
                message=message,
                original=arrival,
                envelope_from=sender.email,
                envelope_to=[self._stage.channel.address],
                content_sha256=incoming.content_sha256,
            )

    def _note(self, act: Act) -> None:
        agent = self._agent(act)
        message = self._add(act, Message.Kind.NOTE, text=act.text, author_agent=agent)
        self._happened("message.noted", message, act.at, by=agent)

    def _assign(self, act: Act) -> None:
        agent = self._stage.agents[act.turn.to or act.by.key]
        self.ticket.assignee = agent
        self._happened("ticket.assigned", self.ticket, act.at, by=self._agent(act), to=agent.pk)

    def _end(self, act: Act) -> None:
        state = {
            "close": State.CLOSED,
            "lost": State.CLOSED_UNSUCCESSFULLY,
            "aside": State.SET_ASIDE,
            "spam": State.SPAM,
        }
        self.ticket.state, self.ticket.waiting_since = state[act.turn.kind], None
        if self.ticket.is_closed:
            self.ticket.closed_at = act.at
            self._happened("ticket.closed", self.ticket, act.at, by=self._agent(act), state=self.ticket.state)

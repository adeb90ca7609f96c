"""One ticket on the stage: each act changes it as the verb of the same name would, at its own moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from harken.agents.models import Agent
from harken.channels.contract import Address, Incoming, IncomingFile
from harken.channels.deliver import LONGEST_PAUSE, MOST_SILENCES
from harken.channels.email import read as reader
from harken.channels.email.bodies import text_body
from harken.channels.email.html_fold import fold_letter
from harken.channels.email.signatures import new_message_id, reply_address
from harken.channels.models import Arrival, Channel, Delivery
from harken.channels.reasons import Allowed, Rule
from harken.contacts.models import Identity
from harken.demo.cast import PERSON, Person
from harken.demo.enclosures import enclosure
from harken.demo.letters import Envelope, Quoted, bounce, letter, returned
from harken.demo.plot import Act, Play
from harken.demo.rows import Rows
from harken.lib.text import clean, language_of, preview
from harken.tickets.models import Attachment, Message, Participant, Ticket
from harken.tickets.models.message import hash_of
from harken.workspaces.models import COUNTER_DIGITS, Workspace

State = Ticket.State
SENT = (Delivery.State.SENT, "250 2.0.0 Ok: queued")
# What else may become of a reply, by the mark in its story, and the far server's words.
OUTCOMES = {
    "full": (Delivery.State.FAILED, "550 5.2.2 Mailbox full"),
    "stranger": (Delivery.State.FAILED, "550 5.1.1 No such user here"),
    "greylisted": (Delivery.State.DEFERRED, "451 4.7.1 Greylisted, please come back later"),
    "silence": (Delivery.State.UNKNOWN, "The server took the text and did not say whether it accepted it."),
}
COPY_OUTCOMES = {"copy-full": (Delivery.State.FAILED, "552 5.2.2 Over quota")}
GONE = "550 5.1.1 The address you wrote to is no longer in use"
SERVER_SECONDS, BOUNCE_MINUTES, DUPLICATE_SECONDS = 2, 4, 40
# The ninth attempt comes after pauses of 1, 2, 4, … 128 minutes, the tenth four hours later.
DEFERRED_ATTEMPTS, DEFERRED_FOR, NEXT_PAUSE = 9, timedelta(minutes=255), LONGEST_PAUSE


@dataclass(frozen=True)
class Stage:
    """What all scenes share: the workspace, its mailbox, the people, and the rows they leave behind."""

    workspace: Workspace
    channel: Channel
    agents: dict[str, Agent]
    identities: dict[str, Identity]
    rows: Rows
    message_ids: Iterator[int]


class Scene:
    """A ticket and what was said on it so far."""

    def __init__(self, play: Play, stage: Stage, *, ticket_id: int, count: int) -> None:
        self._stage, self._rows, self._play = stage, stage.rows, play
        opened_at = play.acts[0].at
        day = opened_at.astimezone(stage.workspace.zone).strftime("%Y%m%d")
        requester = stage.identities[play.asker.email].contact
        self.ticket = Ticket(
            pk=ticket_id,
            workspace=stage.workspace,
            number=int(day) * 10**COUNTER_DIGITS + count,
            subject=play.subject,
            requester=requester,
            company=requester.company,
            channel_kind=stage.channel.kind,
            channel_id=stage.channel.pk,
            created_at=opened_at,
        )
        self._messages: list[Message] = []
        self._participants: dict[str, Participant] = {}
        self._rows.tickets.append(self.ticket)

    def play(self, act: Act) -> None:
        """Let one act happen."""
        verbs = {"customer": self._receive, "reply": self._reply, "note": self._note, "assign": self._assign}
        verbs.get(act.turn.kind, self._end)(act)

    def _receive(self, act: Act) -> None:
        is_first, was_closed = not self._messages, self.ticket.is_closed
        sender = PERSON[act.by.key]
        copies = [PERSON[act.turn.cc].email] if act.turn.cc else []
        sent = letter(act, sender, self._envelope(copies), self._stage.workspace.zone)
        incoming = reader.read(sent.raw)
        message = self._take_in(act, sender, incoming, sent.visible_text, copies)
        if not incoming.auto_reply:
            self._wait_for_us(message)
        self._tell_received(
            act, message, is_first=is_first, was_closed=was_closed and not incoming.auto_reply
        )
        self._note_arrivals(act, sender, sent.raw, incoming, message, is_first=is_first)

    def _take_in(
        self, act: Act, sender: Person, incoming: Incoming, visible: str, copies: list[str]
    ) -> Message:
        message = self._add(
            act,
            Message.Kind.CONTACT,
            text=clean(incoming.text),
            visible_text=visible,
            html=fold_letter(incoming.text, incoming.html).html,
            author_contact=self._stage.identities[sender.email].contact,
            author_address=sender.email,
            cc=copies,
            sent_at=incoming.sent_at,
            is_automatic=incoming.auto_reply,
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
        self, act: Act, sender: Person, raw: bytes, incoming: Incoming, message: Message, *, is_first: bool
    ) -> None:
        arrival = self._arrived(
            raw,
            act.at,
            state=Arrival.State.OPENED if is_first else Arrival.State.JOINED,
            rule=Rule.NEW if is_first else Rule.SIGNED_ADDRESS,
            evidence={} if is_first else self._proof(sender, incoming),
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

    def _proof(self, sender: Person, incoming: Incoming) -> dict[str, str]:
        is_requester = self._messages[0].author_address == sender.email
        return {
            "header": "To",
            "address": incoming.to[0].email,
            "sender": sender.email,
            "allowed_as": Allowed.REQUESTER if is_requester else Allowed.PARTICIPANT,
        }

    def _reply(self, act: Act) -> None:
        agent = self._agent(act)
        copies = [address for address, one in self._participants.items() if one.is_copied]
        message = self._add(
            act, Message.Kind.REPLY, text=act.text, author_agent=agent, to=[self._answer_address()], cc=copies
        )
        reference = new_message_id(self._stage.workspace, self._stage.channel.address, message.pk)
        self._refer_as(message, reference)
        self._attach(message, [IncomingFile(name, *enclosure(name)) for name in act.turn.files])
        self._let_join([*message.to, *copies], copied=copies)
        self.ticket.state, self.ticket.waiting_since, self.ticket.closed_at = State.WAITING, None, None
        self.ticket.assignee = self.ticket.assignee or agent
        self._happened("message.queued", message, act.at, by=agent)
        self._deliver(act, message)

    def _deliver(self, act: Act, message: Message) -> None:
        settled_at = act.at + timedelta(seconds=SERVER_SECONDS)
        copied, addressed = (
            dict.fromkeys(message.cc, Delivery.Role.CC),
            dict.fromkeys(message.to, Delivery.Role.TO),
        )
        for address, role in (copied | addressed).items():
            delivery = Delivery(
                workspace=self._stage.workspace,
                message=message,
                address=address,
                role=role,
                queued_at=act.at,
                attempts=1,
            )
            outcomes = OUTCOMES if role == Delivery.Role.TO else COPY_OUTCOMES
            state, words = next((outcomes[mark] for mark in act.turn.marks if mark in outcomes), SENT)
            _settle(delivery, state, words, settled_at)
            self.ticket.has_problem |= state == Delivery.State.FAILED
            self._rows.deliveries.append(delivery)
        self._happened("delivery.changed", message, settled_at)
        if "bounced" in act.turn.marks:
            self._bounce(message, act.at + timedelta(minutes=BOUNCE_MINUTES))
        if "looped" in act.turn.marks:
            self._loop(message, act.at + timedelta(minutes=BOUNCE_MINUTES))

    def _bounce(self, message: Message, at: datetime) -> None:
        delivery = self._rows.deliveries[-1]
        report = bounce(
            delivery.address,
            message.external_id,
            GONE,
            mailbox=self._stage.channel.address,
            date=at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        )
        delivery.state, delivery.words = Delivery.State.FAILED, GONE
        self.ticket.has_problem = True
        self._happened("delivery.changed", message, at)
        self._arrived(
            report,
            at,
            state=Arrival.State.BOUNCED,
            rule=Rule.BOUNCE,
            message=message,
            envelope_to=[self._stage.channel.address],
            content_sha256=reader.read(report).content_sha256,
        )

    def _loop(self, message: Message, at: datetime) -> None:
        raw = returned(message, self._stage.channel.address)
        arrival = self._rows.arrived(
            raw,
            at,
            channel=self._stage.channel,
            state=Arrival.State.LOOP,
            rule=Rule.OUR_OWN,
            envelope_to=[self._stage.channel.address],
            content_sha256=reader.read(raw).content_sha256,
        )
        self._rows.happened("arrival.settled", arrival, at, state=arrival.state)

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

    def _add(self, act: Act, kind: str, **fields: Any) -> Message:
        ticket = self.ticket
        ticket.last_position += 1
        ticket.message_count += 1
        message = Message(
            pk=next(self._stage.message_ids),
            workspace=self._stage.workspace,
            ticket=ticket,
            position=ticket.last_position,
            kind=kind,
            language=language_of(fields.get("visible_text") or fields["text"]),
            created_at=act.at,
            **fields,
        )
        ticket.last_activity_at, ticket.last_message_id = act.at, message.pk
        if kind != Message.Kind.NOTE:
            ticket.preview = preview(message.visible_text or message.text)
        self._messages.append(message)
        self._rows.messages.append(message)
        return message

    def _refer_as(self, message: Message, external_id: str) -> None:
        message.external_id, message.external_hash = external_id, hash_of(external_id)

    def _attach(self, message: Message, files: Any) -> None:
        for file in files:
            kept = self._rows.keep(file.name, file.media_type, file.content, message.created_at)
            self._rows.attachments.append(
                Attachment(
                    workspace=self._stage.workspace,
                    message=message,
                    file=kept,
                    content_id=file.content_id,
                    is_inline=file.inline,
                )
            )
            self.ticket.has_files = self.ticket.has_files or not file.inline

    def _let_join(self, addresses: list[str], *, copied: list[str]) -> None:
        for address in addresses:
            if address not in self._participants:
                self._participants[address] = Participant(
                    workspace=self._stage.workspace,
                    ticket=self.ticket,
                    contact=self._stage.identities[address].contact,
                    address=address,
                    is_copied=address in copied,
                )
                self._rows.participants.append(self._participants[address])

    def _envelope(self, copies: list[str]) -> Envelope:
        mailbox = self._stage.channel.address
        answer_to = (
            reply_address(self._stage.workspace, mailbox, self.ticket.pk) if self._messages else mailbox
        )
        return Envelope(
            recipient=answer_to,
            mailbox=mailbox,
            subject=self.ticket.subject,
            copies=tuple(Address(address) for address in copies),
            references=tuple(message.external_id for message in self._messages if message.external_id),
            answers=self._last_reply(),
        )

    def _last_reply(self) -> Quoted | None:
        replies = [message for message in self._messages if message.kind == Message.Kind.REPLY]
        if not replies:
            return None
        return Quoted(replies[-1].author_name, replies[-1].created_at, _as_sent(replies[-1]))

    def _answer_address(self) -> str:
        requester = self.ticket.requester
        theirs = [message.author_address for message in self._messages if message.author_contact == requester]
        return theirs[-1]

    def _agent(self, act: Act) -> Agent:
        return self._stage.agents[act.by.key]

    def _happened(
        self, event_type: str, about: Any, at: datetime, *, by: Agent | None = None, **data: Any
    ) -> None:
        self._rows.happened(event_type, about, at, by=by, number=self.ticket.number, **data)

    def _arrived(self, raw: bytes, at: datetime, **fields: Any) -> Arrival:
        arrival = self._rows.arrived(raw, at, channel=self._stage.channel, ticket=self.ticket, **fields)
        self._rows.happened("arrival.settled", arrival, at, state=arrival.state)
        return arrival


def _as_sent(reply: Message) -> str:
    return text_body(reply.text, reply.author_agent.signature if reply.author_agent else "")


def _settle(delivery: Delivery, state: str, words: str, at: datetime) -> None:
    delivery.state, delivery.words, delivery.updated_at = state, words, at
    if state == Delivery.State.DEFERRED:
        delivery.attempts, delivery.updated_at = DEFERRED_ATTEMPTS, at + DEFERRED_FOR
        delivery.next_try_at = delivery.updated_at + NEXT_PAUSE
    if state == Delivery.State.UNKNOWN:
        delivery.attempts = delivery.silences = MOST_SILENCES

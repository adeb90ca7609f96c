"""Answers on their way out, and what far servers say to them."""

from dataclasses import replace
from datetime import datetime, timedelta

from harken.channels.contract import IncomingFile
from harken.channels.email import read as reader
from harken.channels.email.signatures import new_message_id
from harken.channels.leaving.deliver import LONGEST_PAUSE, MOST_SILENCES
from harken.channels.models import Arrival, Delivery
from harken.channels.reasons import Rule
from harken.channels.robots.acknowledge import ACKNOWLEDGEMENT, words_for
from harken.channels.robots.health import is_for_good
from harken.contacts.models import Identity
from harken.demo.enclosures import enclosure
from harken.demo.letters import bounce, returned
from harken.demo.plot import Act
from harken.demo.stage import Told
from harken.tickets.models import Message, Ticket

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
SERVER_SECONDS, BOUNCE_MINUTES = 2, 4
# The ninth attempt comes after pauses of 1, 2, 4, … 128 minutes, the tenth four hours later.
DEFERRED_ATTEMPTS, DEFERRED_FOR, NEXT_PAUSE = 9, timedelta(minutes=255), LONGEST_PAUSE


class Sending(Told):
    """A ticket that is answered, by colleagues and by the desk itself."""

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
        self.ticket.state, self.ticket.waiting_since, self.ticket.closed_at = Ticket.State.WAITING, None, None
        self.ticket.assignee = self.ticket.assignee or agent
        self._happened("message.queued", message, act.at, by=agent)
        self._deliver(act, message)

    def _acknowledge(self, act: Act, received: Message) -> None:
        at = act.at + timedelta(seconds=SERVER_SECONDS)
        message = self._add(
            replace(act, at=at),
            Message.Kind.NOTICE,
            text=words_for(self.ticket, self._stage.mailbox),
            to=[received.author_address],
            is_automatic=True,
        )
        self._refer_as(
            message, new_message_id(self._stage.workspace, self._stage.channel.address, message.pk)
        )
        self._happened("message.queued", message, at, notice=ACKNOWLEDGEMENT)
        self._deliver(replace(act, at=at), message)

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
            if state == Delivery.State.FAILED:
                self.ticket.has_problem = True
                self._note_failure(delivery, settled_at)
            self._rows.deliveries.append(delivery)
        self._happened("delivery.changed", message, settled_at)
        if "bounced" in act.turn.marks:
            self._bounce(message, act.at + timedelta(minutes=BOUNCE_MINUTES))
        if "looped" in act.turn.marks:
            self._loop(message, act.at + timedelta(minutes=BOUNCE_MINUTES))

    def _note_failure(self, delivery: Delivery, at: datetime) -> None:
        identity = self._stage.identities[delivery.address]
        is_for_ever = is_for_good("", delivery.words)
        identity.health = Identity.Health.DEAD if is_for_ever else Identity.Health.FAILING
        identity.health_since, identity.health_words = at, delivery.words
        identity.failures += 1
        self._rows.changed[identity.pk] = identity

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
        self._note_failure(delivery, at)
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

    def _answer_address(self) -> str:
        requester = self.ticket.requester
        theirs = [message.author_address for message in self._messages if message.author_contact == requester]
        return theirs[-1]


def _settle(delivery: Delivery, state: str, words: str, at: datetime) -> None:
    delivery.state, delivery.words, delivery.updated_at = state, words, at
    if state == Delivery.State.DEFERRED:
        delivery.attempts, delivery.updated_at = DEFERRED_ATTEMPTS, at + DEFERRED_FOR
        delivery.next_try_at = delivery.updated_at + NEXT_PAUSE
    if state == Delivery.State.UNKNOWN:
        delivery.attempts = delivery.silences = MOST_SILENCES

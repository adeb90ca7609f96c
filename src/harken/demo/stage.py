"""A ticket on the stage: what is said on it, by whom, and the rows all of it leaves behind."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from harken.agents.models import Agent
from harken.channels.contract import Address
from harken.channels.email.bodies import text_body
from harken.channels.email.signatures import reply_address
from harken.channels.models import Arrival, Channel, Mailbox
from harken.contacts.models import Identity
from harken.demo.letters import Envelope, Quoted
from harken.demo.plot import Act, Play
from harken.demo.rows import Rows
from harken.lib.text import language_of, preview
from harken.tickets.models import (
    Attachment,
    Message,
    Participant,
    Ticket,
)
from harken.tickets.models.message import hash_of
from harken.workspaces.models import COUNTER_DIGITS, Workspace


@dataclass(frozen=True)
class Stage:
    """What all scenes share: the workspace, its mailbox, the people, and the rows they leave behind."""

    workspace: Workspace
    channel: Channel
    mailbox: Mailbox
    agents: dict[str, Agent]
    identities: dict[str, Identity]
    rows: Rows
    message_ids: Iterator[int]
    # The scene each person has opened last, by their key.
    scenes: dict[str, "Told"] = field(default_factory=dict)


class Told:
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

    @property
    def _zone(self) -> ZoneInfo:
        return self._stage.workspace.zone

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
        if kind in (Message.Kind.CONTACT, Message.Kind.REPLY) and not (
            message.is_automatic and ticket.preview
        ):
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

    def _held(self) -> list[str]:
        said = [message for message in self._messages if message.kind != Message.Kind.NOTE]
        signatures = {message.author_agent.signature for message in said if message.author_agent}
        return [message.text for message in reversed(said)] + sorted(signatures)

    def _envelope(self, copies: list[str], *, to_mailbox: bool = False) -> Envelope:
        mailbox = self._stage.channel.address
        answer_to = mailbox if to_mailbox else reply_address(self._stage.workspace, mailbox, self.ticket.pk)
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


def _as_sent(reply: Message) -> str:
    return text_body(reply.text, reply.author_agent.signature if reply.author_agent else "")

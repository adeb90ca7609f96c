"""What is noted when something happened below, in the transaction that recorded it; each is one short statement.

Who is told is found out later: a thousand letters must not wait for it. Only who is named or handed something
sees it on their page at once.
"""

from harken import realtime
from harken.agents.models import Agent
from harken.events.models import Event
from harken.lib import rows
from harken.notifications.choosing import SILENT
from harken.notifications.models import Happening, Kind, Notice, Preference, PushDevice, Scope, Way
from harken.tickets.models import Message, Ticket


def note_opened(event: Event) -> None:
    """Somebody opened a request; a colleague who did so for a customer is known here alone."""
    ticket: Ticket = event.about
    if ticket.last_message_id and ticket.state not in SILENT:
        _note(event, Kind.ARRIVED, ticket.pk, ticket.last_message_id)


def note_received(event: Event) -> None:
    """A customer wrote; robots did not."""
    message: Message = event.about
    if not message.is_automatic and message.ticket.state not in SILENT:
        _note(event, Kind.ARRIVED, message.ticket_id, message.pk)


def note_logged(event: Event) -> None:
    """A colleague wrote down what was said elsewhere: the others hear of it as of a letter."""
    message: Message = event.about
    if message.ticket.state not in SILENT:
        _note(event, Kind.ARRIVED, message.ticket_id, message.pk)


def note_mention(event: Event) -> None:
    message: Message = event.about
    _note(event, Kind.NAMED, message.ticket_id, message.pk)
    _show_at_once(event, Kind.NAMED, message.ticket_id, message.pk)


def note_assignment(event: Event) -> None:
    ticket: Ticket = event.about
    if event.data.get("to"):
        _note(event, Kind.HANDED, ticket.pk, None)
        _show_at_once(event, Kind.HANDED, ticket.pk, None)


def _note(event: Event, kind: Kind, ticket_id: int, message_id: int | None) -> None:
    rows.insert_new(
        Happening(
            workspace_id=event.workspace_id,
            kind=kind,
            event_id=event.pk,
            ticket_id=ticket_id,
            message_id=message_id,
            to_agent_id=event.data.get("to") if kind != Kind.ARRIVED else None,
            by_agent_id=event.agent_id,
            at=event.at,
        )
    )


def _show_at_once(event: Event, kind: Kind, ticket_id: int, message_id: int | None) -> None:
    agent = Agent.objects.filter(workspace=event.workspace_id, pk=event.data["to"]).active().first()
    if agent is None or agent.pk == event.agent_id:
        return
    if Preference.objects.of(agent).page == Scope.NOTHING:
        return
    Notice.objects.create(
        workspace_id=event.workspace_id,
        agent=agent,
        way=Way.PAGE,
        kind=kind,
        event_id=event.pk,
        by_agent_id=event.agent_id,
        ticket_id=ticket_id,
        message_id=message_id,
    )
    announce(event.workspace_id, [agent.pk])


def announce(workspace_id: int, agent_ids: list[int]) -> None:
    """Let the open pages of some colleagues ask for what they are told."""
    realtime.mention(workspace_id, "notice.made", to=agent_ids)


def forget_devices(event: Event) -> None:
    """Whoever left is not pushed to any more, whatever their browser remembers."""
    PushDevice.objects.filter(workspace=event.workspace_id, agent=event.about_id).delete()

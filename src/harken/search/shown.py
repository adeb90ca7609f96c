"""What is shown of the messages that were found, read by few statements: the ORM takes ten times as long for a page."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, models

from harken.agents.models import Agent, User
from harken.contacts.models import Contact
from harken.lib import rows
from harken.tickets.models import Message, Ticket

Row = TypeVar("Row", bound=models.Model)

_OF_MESSAGES = (
    *("id", "workspace_id", "ticket_id", "position", "kind", "author_agent_id", "author_contact_id"),
    *("author_address", "text", "visible_text", "signature", "created_at"),
)
_OF_TICKETS = ("id", "workspace_id", "number", "subject", "state")


def shown_messages(message_ids: Sequence[int], agent: Agent) -> list[Message]:
    """Return the messages of the agent's workspace in the order of the ids, each with its ticket and author."""
    workspace_id = agent.workspace_id
    messages = _read(Message, _OF_MESSAGES, message_ids, workspace_id)
    read = list(messages.values())
    tickets = _read(Ticket, _OF_TICKETS, {each.ticket_id for each in read}, workspace_id)
    contacts = _read(Contact, ("id", "name"), {each.author_contact_id for each in read}, workspace_id)
    agents = _read(Agent, ("id", "user_id"), {each.author_agent_id for each in read}, workspace_id)
    users = _read(User, ("id", "name", "email"), {each.user_id for each in agents.values()})
    for colleague in agents.values():
        colleague.user = users[colleague.user_id]
    for message in read:
        message.ticket = tickets[message.ticket_id]
        message.author_contact = contacts.get(message.author_contact_id or 0)
        message.author_agent = agents.get(message.author_agent_id or 0)
    return [messages[pk] for pk in message_ids if pk in messages]


def _read(
    model: type[Row], names: Sequence[str], ids: Iterable[int | None], workspace_id: int | None = None
) -> dict[int, Row]:
    """Rows by their ids, with these columns; the others are asked for when somebody looks at them."""
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    columns = [field.attname for field in model._meta.concrete_fields if field.attname in names]
    statement = f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE id = ANY(%s::bigint[])"
    values: list[Any] = [wanted]
    if workspace_id is not None:
        statement, values = f"{statement} AND workspace_id = %s", [wanted, workspace_id]
    found = (model.from_db(DEFAULT_DB_ALIAS, columns, row) for row in rows.ask(statement, values))
    return {row.pk: row for row in found}

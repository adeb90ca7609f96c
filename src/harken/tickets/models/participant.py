from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models

from harken.contacts.models import Contact, Identity
from harken.contacts.recognise import in_order, recognise
from harken.lib import rows
from harken.tickets.models.message import Message
from harken.workspaces.models import Workspace

if TYPE_CHECKING:
    from harken.tickets.models.ticket import Ticket

# A letter copied to a thousand people is no conversation: nobody would want to answer all of them by default.
MOST_NEWCOMERS = 100
_LAST_OF_REQUESTER = (
    "ticket_id = %s AND kind = 'contact' AND author_contact_id = %s ORDER BY position DESC LIMIT 1"
)
_COPIED = "SELECT address FROM tickets_participant WHERE ticket_id = %s AND is_copied ORDER BY id"
_TAKE_PART = "SELECT address FROM tickets_participant WHERE ticket_id = %s"


class Participant(models.Model):
    """Somebody outside who takes part in a ticket: their answer may join it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="participants")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=500)
    is_copied = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "address"], name="one_participant_per_address"),
        )

    def __str__(self) -> str:
        return self.address


class WhoTakesPart:
    """A ticket's people: whom an answer goes to by default."""

    # The ticket's own, which the model brings.
    pk: Any
    requester_id: int
    participants: Any
    requester: Any

    @property
    def reply_addresses(self) -> list[str]:
        """Where an answer goes by default: where the requester asked for it last, else their first address."""
        last = self.last_of_requester
        addresses = last.answer_to if last else []
        return addresses or [address for address in [self.requester.email] if address]

    @property
    def last_of_requester(self) -> Message | None:
        """The last message of the requester: an answer goes to whoever they wrote it as."""
        found = rows.found(Message, _LAST_OF_REQUESTER, [self.pk, self.requester_id], without=("html",))
        return found[0] if found else None

    @property
    def copied_addresses(self) -> list[str]:
        return [address for (address,) in rows.ask(_COPIED, [self.pk])]


def let_join(
    ticket: "Ticket", addresses: Iterable[str], *, copied: Sequence[str], met: Identity | None = None
) -> list[str]:
    """Let those behind the addresses take part from now on, and return whose part begins with it.

    Who takes part already is left as they are.
    `met` is one of them who is recognised already.
    """
    # On a ticket that is just being opened nobody takes part yet.
    known = (
        {address for (address,) in rows.ask(_TAKE_PART, [ticket.pk])} if ticket.last_position > 1 else set()
    )
    newcomers = [address for address in dict.fromkeys(addresses) if address not in known]
    joined = []
    for address in in_order(newcomers[:MOST_NEWCOMERS]):
        identity = met if met and met.address == address else recognise(ticket.workspace, address)
        participant = Participant(
            workspace_id=ticket.workspace_id,
            ticket=ticket,
            contact=identity.contact,
            address=identity.address,
            is_copied=address in copied,
        )
        if rows.insert_new(participant):
            joined.append(identity.address)
    return joined

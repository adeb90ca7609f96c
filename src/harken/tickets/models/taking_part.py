from typing import Any

from harken.contacts.models import Identity
from harken.tickets.models.message import Message


class WhoTakesPart:
    """A ticket's people: who may join it by answering, and whom an answer goes to by default."""

    # The ticket's own, which the model brings.
    messages: Any
    participants: Any
    requester: Any
    workspace_id: int

    @property
    def reply_addresses(self) -> list[str]:
        """Where an answer goes by default: where the requester asked for it last, else their first address."""
        last = self.last_of_requester
        addresses = last.answer_to if last else []
        return addresses or [address for address in [self.requester.email] if address]

    @property
    def last_of_requester(self) -> Message | None:
        """The last message of the requester: an answer goes to whoever they wrote it as."""
        last: Message | None = self.messages.filter(
            kind=Message.Kind.CONTACT, author_contact=self.requester
        ).last()
        return last

    @property
    def copied_addresses(self) -> list[str]:
        return list(self.participants.filter(is_copied=True).values_list("address", flat=True))

    def may_be_joined_by(self, address: str) -> bool:
        """Say whether a letter from this address may join: it is a participant, or one by another address."""
        if self.participants.filter(address=address).exists():
            return True
        contacts = Identity.objects.filter(workspace_id=self.workspace_id, address=address).values("contact")
        joined: bool = self.participants.filter(contact__in=contacts).exists()
        return joined

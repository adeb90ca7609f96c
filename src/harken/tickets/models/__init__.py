from harken.tickets.models.message import Attachment, Enclosure, Message, Words
from harken.tickets.models.participant import Participant
from harken.tickets.models.ticket import Ticket

__all__ = ["Attachment", "Enclosure", "Message", "Participant", "Ticket", "Words"]

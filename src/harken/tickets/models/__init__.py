from harken.tickets.models.draft import Draft, DraftFile
from harken.tickets.models.link import TicketLink
from harken.tickets.models.message import Attachment, Enclosure, Message, Words
from harken.tickets.models.participant import Participant
from harken.tickets.models.ticket import Ticket

__all__ = [
    "Attachment",
    "Draft",
    "DraftFile",
    "Enclosure",
    "Message",
    "Participant",
    "Ticket",
    "TicketLink",
    "Words",
]

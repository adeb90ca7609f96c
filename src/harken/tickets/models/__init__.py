from harken.tickets.models.alias import Alias
from harken.tickets.models.area import Area
from harken.tickets.models.beginning import Beginning
from harken.tickets.models.bulk import BulkAction
from harken.tickets.models.draft import Draft, DraftFile
from harken.tickets.models.field_answer import FieldAnswer
from harken.tickets.models.foreign_number import ForeignNumber
from harken.tickets.models.link import TicketLink
from harken.tickets.models.lock import AnswerLock
from harken.tickets.models.message import Attachment, Enclosure, Message, Words
from harken.tickets.models.own_state import OwnState
from harken.tickets.models.participant import Participant
from harken.tickets.models.presence import OpenStream, Tab, WebProcess
from harken.tickets.models.seen import Seen
from harken.tickets.models.standing_count import StandingCount
from harken.tickets.models.tag import Tag, TicketTag
from harken.tickets.models.talk import Talk, Then
from harken.tickets.models.ticket import Ticket

__all__ = [
    "Alias",
    "AnswerLock",
    "Area",
    "Attachment",
    "Beginning",
    "BulkAction",
    "Draft",
    "DraftFile",
    "Enclosure",
    "FieldAnswer",
    "ForeignNumber",
    "Message",
    "OpenStream",
    "OwnState",
    "Participant",
    "Seen",
    "StandingCount",
    "Tab",
    "Tag",
    "Talk",
    "Then",
    "Ticket",
    "TicketLink",
    "TicketTag",
    "WebProcess",
    "Words",
]

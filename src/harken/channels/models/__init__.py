from harken.channels.models.channel import Channel, FolderState, Mailbox
from harken.channels.models.delivery import Delivery
from harken.channels.models.foreign_pattern import ForeignPattern
from harken.channels.models.grant import Grant
from harken.channels.models.heartbeat import Heartbeat
from harken.channels.models.ledger import Arrival, RawMail
from harken.channels.models.ledger_check import LedgerCheck
from harken.channels.models.pace import Pace
from harken.channels.models.retention import Retention
from harken.channels.models.sending import DkimKey, DomainCheck
from harken.channels.models.spam_sender import SpamSender
from harken.channels.models.tally import Tally
from harken.channels.models.trouble import Part, Trouble, TroubleLetter

__all__ = [
    "Arrival",
    "Channel",
    "Delivery",
    "DkimKey",
    "DomainCheck",
    "FolderState",
    "ForeignPattern",
    "Grant",
    "Heartbeat",
    "LedgerCheck",
    "Mailbox",
    "Pace",
    "Part",
    "RawMail",
    "Retention",
    "SpamSender",
    "Tally",
    "Trouble",
    "TroubleLetter",
]

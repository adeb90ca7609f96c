from harken.channels.models.channel import Channel, FolderState, Mailbox
from harken.channels.models.delivery import Delivery
from harken.channels.models.grant import Grant
from harken.channels.models.heartbeat import Heartbeat
from harken.channels.models.ledger import Arrival, RawMail
from harken.channels.models.trouble import Part, Trouble, TroubleLetter

__all__ = [
    "Arrival",
    "Channel",
    "Delivery",
    "FolderState",
    "Grant",
    "Heartbeat",
    "Mailbox",
    "Part",
    "RawMail",
    "Trouble",
    "TroubleLetter",
]

from harken.channels.models.channel import Channel, FolderState, Mailbox
from harken.channels.models.delivery import Delivery
from harken.channels.models.ledger import Arrival, RawMail

__all__ = ["Arrival", "Channel", "Delivery", "FolderState", "Mailbox", "RawMail"]

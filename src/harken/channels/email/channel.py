"""E-mail as a channel: bytes in, bytes out, and no database (see `channels/contract.py`)."""

import atexit
from collections.abc import Callable

from django.conf import settings

from harken.channels.contract import Incoming, Outcome, OutcomeState, Outgoing, Unreadable
from harken.channels.email.reader import Reader
from harken.channels.email.relay import Relay
from harken.channels.email.smtp import Outcomes
from harken.channels.email.smtp import send as hand_over
from harken.channels.models import Channel, Mailbox
from harken.workspaces.encryption import opened

NO_RELAY = (
    "No outgoing mail server is set. Set HARKEN_SMTP_URL, or give the mailbox its own; the message waits."
)

_reader = Reader()
atexit.register(_reader.close)


def read(raw: bytes) -> Incoming | Unreadable:
    """Understand one letter, in a process of its own that limits time, memory and depth.

    Raises ReaderUnavailable when that process cannot be started: the machine's fault, so try again later.
    """
    return _reader.read(raw)


def send(channel: Channel, message: Outgoing, *, before_end: Callable[[], None]) -> Outcomes:
    """Hand a letter to the mailbox's relay, or to the installation's; one outcome per recipient.

    `before_end` is called at the last moment at which nothing can have been sent.
    """
    relay = relay_of(channel.mailbox)
    if relay is None:
        waiting = Outcome(OutcomeState.DEFERRED, NO_RELAY)
        return Outcomes(dict.fromkeys(message.recipients, waiting))
    return hand_over(relay, channel.address, message, before_end=before_end)


def relay_of(mailbox: Mailbox) -> Relay | None:
    """The server that a mailbox's letters leave by; `None` when neither it nor the installation has one.

    Raises SecretUnreadable.
    """
    if not mailbox.smtp_host:
        relay: Relay | None = settings.HARKEN_RELAY
        return relay
    return Relay(
        host=mailbox.smtp_host,
        port=mailbox.smtp_port,
        security=mailbox.smtp_security,
        user=mailbox.smtp_user,
        password=opened(mailbox.smtp_password),
    )

"""E-mail as a channel: bytes in, bytes out, and no database (see `channels/contract.py`)."""

import atexit
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from harken.channels.contract import Incoming, Outcome, OutcomeState, Outgoing, Unreadable
from harken.channels.email.accounts import PasswordUnreadable, relay_of
from harken.channels.email.reader import Reader
from harken.channels.email.signing import Signer
from harken.channels.email.smtp import Outcomes, Sign
from harken.channels.email.smtp import send as hand_over
from harken.channels.models import Channel, DkimKey
from harken.workspaces.encryption import SecretUnreadable, opened

NO_RELAY = _(
    "No outgoing mail server is set. Set HARKEN_SMTP_URL, or give the mailbox its own; the message waits."
)

_reader = Reader()
atexit.register(_reader.close)


def read(
    raw: bytes, *, then: bytes | None = None, when_slow: Callable[[], None] = lambda: None
) -> Incoming | Unreadable:
    """Understand one letter, in a process of its own that limits time, memory and depth; see `Reader.read`.

    Raises ReaderUnavailable when that process cannot be started: the machine's fault, so try again later.
    """
    return _reader.read(raw, then=then, when_slow=when_slow)


def send(channel: Channel, message: Outgoing, *, before_end: Callable[[], None]) -> Outcomes:
    """Hand a letter to the mailbox's relay, or to the installation's; one outcome per recipient.

    `before_end` is called at the last moment at which nothing can have been sent. Raises PasswordUnreadable.
    """
    relay = relay_of(channel.mailbox)
    if relay is None:
        waiting = Outcome(OutcomeState.DEFERRED, str(NO_RELAY))
        return Outcomes(dict.fromkeys(message.recipients, waiting))
    return hand_over(relay, channel.address, message, before_end=before_end, sign=_sign_for(channel))


def _sign_for(channel: Channel) -> Sign:
    key = DkimKey.objects.used_by(channel)
    if key is None:
        return bytes
    try:
        return Signer(key.domain, key.selector, opened(key.private_key)).sign
    except SecretUnreadable as error:
        raise PasswordUnreadable from error

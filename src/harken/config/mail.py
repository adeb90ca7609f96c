"""How the installation's own letters leave: sign-in links, invitations, password resets."""

from collections.abc import Sequence
from email.utils import parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from harken.channels.email.relay import connected

log = structlog.get_logger(__name__)


class RelayBackend(BaseEmailBackend):
    """Hands letters to the same relay in the same way as customers' answers: encrypted, certificates checked."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        relay = settings.HARKEN_RELAY
        if relay is None:
            # Without a word of what the letter said: it may hold a link that signs in.
            log.warning("mail not sent: HARKEN_SMTP_URL is not set", letters=len(email_messages))
            return 0
        with connected(relay) as smtp:
            for letter in email_messages:
                smtp.send_message(letter.message(), parseaddr(letter.from_email)[1], letter.recipients())
        return len(email_messages)

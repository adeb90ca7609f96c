"""How the installation's own letters leave: sign-in links, invitations, password resets."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

log = structlog.get_logger(__name__)


class RelayBackend(EmailBackend):
    """Django's own backend, but it encrypts whenever the relay offers to: `smtp://` means STARTTLS where there is one."""

    def open(self) -> bool | None:
        if self.connection:
            return False
        user, self.username = self.username, ""
        opened = super().open()
        self.username = user
        if opened:
            self._encrypt_and_sign_in()
        return opened

    def _encrypt_and_sign_in(self) -> None:
        relay: Any = self.connection
        relay.ehlo_or_helo_if_needed()
        if not self.use_ssl and relay.has_extn("starttls"):
            relay.starttls(context=self.ssl_context)
        if self.username and self.password:
            relay.login(self.username, self.password)


class NoRelay(BaseEmailBackend):
    """Without HARKEN_SMTP_URL nothing can leave. Say so in the log, without a word of what the letter said."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        log.warning("mail not sent: HARKEN_SMTP_URL is not set", letters=len(email_messages))
        return 0

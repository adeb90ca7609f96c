"""A mailbox's settings as the protocols want them: how it is fetched, and the server its letters leave by."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from harken.channels.email.imap import ImapAccount
from harken.channels.email.relay import Relay
from harken.channels.email.tokens import access_token
from harken.channels.models import Grant, Mailbox
from harken.channels.problems import Problem
from harken.workspaces.encryption import SecretUnreadable, opened


class PasswordUnreadable(Problem):
    """A stored password was sealed with another secret key."""

    happened = SecretUnreadable.sentence
    mended_at = "password"


@dataclass(frozen=True)
class GrantedAccess:
    """Gives the token of a grant when somebody signs in. Equal as long as nobody granted anew."""

    workspace_id: int
    grant_id: int
    granted_at: datetime | None

    def __call__(self, refused: str = "") -> str:
        return access_token(self.workspace_id, self.grant_id, refused=refused)


def account_of(mailbox: Mailbox) -> ImapAccount:
    """Return how the mailbox is fetched. Raises PasswordUnreadable."""
    return ImapAccount(
        host=mailbox.imap_host,
        port=mailbox.imap_port,
        security=mailbox.imap_security,
        user=mailbox.imap_user,
        password=_password(mailbox, mailbox.imap_password),
        access=_access(mailbox),
        folder=mailbox.imap_folder,
        take_from=mailbox.take_from,
        handled=mailbox.handled,
        handled_folder=mailbox.handled_folder,
    )


def relay_of(mailbox: Mailbox) -> Relay | None:
    """The server that a mailbox's letters leave by; `None` when neither it nor the installation has one.

    Raises PasswordUnreadable.
    """
    if not mailbox.smtp_host:
        relay: Relay | None = settings.HARKEN_RELAY
        return relay
    access = _access(mailbox)
    return Relay(
        host=mailbox.smtp_host,
        port=mailbox.smtp_port,
        security=mailbox.smtp_security,
        user=mailbox.smtp_user or (mailbox.imap_user if access else ""),
        password=_password(mailbox, mailbox.smtp_password),
        access=access,
        per_minute=mailbox.smtp_per_minute,
    )


def _access(mailbox: Mailbox) -> GrantedAccess | None:
    grant: Grant | None = getattr(mailbox, "grant", None)
    if grant is None or not grant.is_given:
        return None
    return GrantedAccess(mailbox.workspace_id, grant.pk, grant.granted_at)


def _password(mailbox: Mailbox, sealed: str) -> str:
    if _access(mailbox):
        return ""
    try:
        return opened(sealed)
    except SecretUnreadable as error:
        raise PasswordUnreadable from error

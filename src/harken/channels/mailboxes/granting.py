"""Getting a provider's leave to use a mailbox: this desk's registration, the way there, and what comes back."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from harken.channels.email import oauth
from harken.channels.email.oauth import PROVIDERS
from harken.channels.email.tokens import keep, registration_of
from harken.channels.models import Grant, Mailbox, Part
from harken.channels.problems import MAIL_IN
from harken.events.record import record
from harken.workspaces.models import Workspace


def return_address(workspace: Workspace) -> str:
    """Return the address that a provider sends people back to; it is part of the registration there."""
    page = reverse("channels:signed_in", kwargs={"workspace": workspace.slug})
    return f"{settings.HARKEN_URL}{page}"


def register(grant: Grant, *, is_other: bool) -> None:
    """Keep this desk's registration at a provider; with another one than before nobody is signed in any more."""
    if is_other:
        grant.refresh_token = grant.access_token = ""
        grant.granted_at = grant.expires_at = None
    grant.save()


def way_there(grant: Grant, *, state: str, verifier: str) -> str:
    """Return the provider's page on which somebody signs in to the mailbox. Raises MailServerProblem."""
    return oauth.authorize_url(
        registration_of(grant),
        return_to=return_address(grant.workspace),
        state=state,
        verifier=verifier,
        hint=grant.mailbox.channel.address,
    )


def give(grant: Grant, *, code: str, verifier: str) -> None:
    """Change the code into tokens, and use them from now on. Raises MailServerProblem; then nothing changed."""
    registration = registration_of(grant)
    address = return_address(grant.workspace)
    tokens = oauth.tokens_for_code(registration, code=code, return_to=address, verifier=verifier)
    if not (tokens.refresh or grant.refresh_token):
        raise oauth.NoRefreshToken(registration.server, safe=MAIL_IN)
    _keep(grant, tokens)


@transaction.atomic
def _keep(grant: Grant, tokens: oauth.Tokens) -> None:
    keep(grant, tokens)
    grant.granted_at = timezone.now()
    grant.save(update_fields=["granted_at"])
    _fill_in(grant.mailbox, grant.provider)
    channel = grant.mailbox.channel
    channel.report_well(Part.SIGN_IN, Part.FETCHING, Part.SENDING)
    record("channel.changed", channel, healthy=True)


def _fill_in(mailbox: Mailbox, provider: str) -> None:
    """Set the provider's servers where the mailbox names none."""
    known = PROVIDERS.get(provider)
    if known and not mailbox.imap_host and not mailbox.smtp_host:
        mailbox.imap_host, mailbox.imap_port, mailbox.imap_security = known.imap_host, 993, "tls"
        mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_security = known.smtp_host, 587, "starttls"
    mailbox.imap_user = mailbox.imap_user or mailbox.channel.address
    mailbox.save()

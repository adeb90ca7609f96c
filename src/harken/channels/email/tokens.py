"""The tokens of a grant: kept sealed, renewed before they run out, by one worker at a time."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from harken.channels.email import oauth
from harken.channels.email.errors import SignInAgain, TokenServerAway
from harken.channels.email.oauth import PROVIDERS, Provider, Registration, Tokens
from harken.channels.models import Grant, Part
from harken.workspaces import wall
from harken.workspaces.encryption import SecretUnreadable, opened

RENEW_BEFORE = timedelta(minutes=5)


def access_token(workspace_id: int, grant_id: int, *, refused: str = "") -> str:
    """Return a token that is good for some minutes, and is not the `refused` one.

    Locks the grant while the provider is asked, ten seconds at most: two workers never spend one refresh
    token. Raises SignInAgain when the provider took its leave back, TokenServerAway when it does not answer.
    """
    with wall.inside(workspace_id), transaction.atomic():
        grant = Grant.objects.select_for_update(of=("self",)).select_related("mailbox__channel")
        return _good_token(grant.get(pk=grant_id), refused)


def registration_of(grant: Grant) -> Registration:
    """Return this desk as the grant's provider knows it. Raises SignInAgain when the secret cannot be read."""
    provider = PROVIDERS.get(grant.provider) or Provider(grant.authorize_url, grant.token_url, grant.scope)
    return Registration(provider, grant.client_id, _readable(grant, grant.client_secret))


def keep(grant: Grant, tokens: Tokens) -> None:
    """Keep what the provider gave; a refresh token that was not renewed stays."""
    grant.access_token = tokens.access
    grant.refresh_token = tokens.refresh or grant.refresh_token
    grant.expires_at = timezone.now() + timedelta(seconds=tokens.lasts_seconds)
    grant.save(update_fields=["access_token", "refresh_token", "expires_at"])


def _good_token(grant: Grant, refused: str) -> str:
    known = _readable(grant, grant.access_token)
    left = (grant.expires_at or timezone.now()) - timezone.now()
    is_usable = bool(known) and known != refused
    if is_usable and left > RENEW_BEFORE:
        return known
    try:
        tokens = oauth.refreshed(registration_of(grant), _readable(grant, grant.refresh_token))
    except TokenServerAway:
        if is_usable and left > timedelta():
            return known
        raise
    keep(grant, tokens)
    grant.mailbox.channel.report_well(Part.SIGN_IN)
    return tokens.access


def _readable(grant: Grant, sealed: str) -> str:
    try:
        return opened(sealed)
    except SecretUnreadable as error:
        raise SignInAgain(grant.get_provider_display()) from error

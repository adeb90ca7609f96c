"""OAuth2 with a mailbox's provider: where people sign in, and tokens for a code or for a refresh token.

RFC 6749 with PKCE (RFC 7636). No database here, and no token ever reaches a log or a sentence.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from harken.channels.email.errors import (
    MailServerProblem,
    RegistrationRefused,
    SignInAgain,
    TokenServerAway,
)
from harken.lib import outside

# What a provider gives that does not say how long it lasts.
USUAL_SECONDS = 3600


class NoRefreshToken(MailServerProblem):
    """The provider gave leave for an hour, and no means to have it renewed."""

    happened = _("{server} gave leave for an hour only, and nothing to renew it with.")
    advice = _(
        "Let its registration ask for offline access, remove this desk from the account, and sign in again."
    )


@dataclass(frozen=True)
class Provider:
    """Whom to ask for leave to use a mailbox. The hosts are filled in where a mailbox has none."""

    authorize_url: str
    token_url: str
    scope: str
    extra: dict[str, str] = field(default_factory=dict)
    imap_host: str = ""
    smtp_host: str = ""


PROVIDERS = {
    "google": Provider(
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",
        scope="https://mail.google.com/",
        # Without both, Google gives a refresh token only the first time.
        extra={"access_type": "offline", "prompt": "consent"},
        imap_host="imap.gmail.com",
        smtp_host="smtp.gmail.com",
    ),
    "microsoft": Provider(
        authorize_url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",
        scope="https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access",
        extra={"prompt": "select_account"},
        imap_host="outlook.office365.com",
        smtp_host="smtp.office365.com",
    ),
}


@dataclass(frozen=True)
class Registration:
    """This desk as a provider knows it."""

    provider: Provider
    client_id: str
    client_secret: str = field(default="", repr=False)

    @property
    def server(self) -> str:
        """The provider's name in problems."""
        return urlsplit(self.provider.token_url).hostname or self.provider.token_url


@dataclass(frozen=True)
class Tokens:
    """What a provider gave; `refresh` is empty when the old one stays."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    lasts_seconds: int


def authorize_url(registration: Registration, *, return_to: str, state: str, verifier: str, hint: str) -> str:
    """Return the provider's page where somebody signs in and comes back to `return_to` with a code."""
    asked = {
        "response_type": "code",
        "client_id": registration.client_id,
        "redirect_uri": return_to,
        "scope": registration.provider.scope,
        "state": state,
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
        "login_hint": hint,
        **registration.provider.extra,
    }
    joint = "&" if urlsplit(registration.provider.authorize_url).query else "?"
    return f"{registration.provider.authorize_url}{joint}{urlencode(asked)}"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a PKCE verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def tokens_for_code(registration: Registration, *, code: str, return_to: str, verifier: str) -> Tokens:
    """Change the code that somebody came back with into tokens. Raises MailServerProblem."""
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_to,
        "code_verifier": verifier,
    }
    return _ask(registration, given)


def refreshed(registration: Registration, refresh_token: str) -> Tokens:
    """Return a new access token. Raises SignInAgain when the provider took its leave back."""
    return _ask(registration, {"grant_type": "refresh_token", "refresh_token": refresh_token})


def _ask(registration: Registration, given: dict[str, str]) -> Tokens:
    fields = {"client_id": registration.client_id, **given}
    if registration.client_secret:
        fields["client_secret"] = registration.client_secret
    url, is_allowed = registration.provider.token_url, settings.HARKEN_ALLOW_INTERNAL
    try:
        response = outside.post(url, fields, allow_internal=is_allowed)
    except (outside.NoAnswer, outside.NotAllowed) as error:
        raise TokenServerAway(registration.server, words=str(error)) from error
    if response.status_code != 200:
        raise _refusal(registration, response)
    return _tokens(registration, response)


def _refusal(registration: Registration, response: httpx.Response) -> Exception:
    answer = _object(response)
    words = " ".join(str(answer.get(name, "")) for name in ("error", "error_description")).strip()
    if answer.get("error") == "invalid_grant":
        return SignInAgain(registration.server, words=words)
    if response.status_code in (400, 401, 403):
        return RegistrationRefused(registration.server, words=words)
    return TokenServerAway(registration.server, words=words or str(response.status_code))


def _tokens(registration: Registration, response: httpx.Response) -> Tokens:
    answer = _object(response)
    access, lasts = answer.get("access_token"), answer.get("expires_in", USUAL_SECONDS)
    # A line break in a token would end the command it is sent with.
    if not isinstance(access, str) or not access.isascii() or not access.isprintable() or not access:
        raise TokenServerAway(registration.server)
    seconds = int(lasts) if str(lasts).isdecimal() else USUAL_SECONDS
    return Tokens(access, str(answer.get("refresh_token") or ""), seconds)


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}

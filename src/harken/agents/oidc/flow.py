"""To the provider and back: the question with state, nonce and PKCE, and the proof of the answer."""

import base64
import hashlib
import hmac
import logging
import secrets
import time
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.conf import settings
from django.urls import reverse

from harken.agents.errors import AnswerUnproven, ProviderAway, ProviderSaidNo, SignInOutdated
from harken.agents.models import Provider
from harken.agents.oidc.discovery import document, key_of, metadata, object_in
from harken.lib import outside
from harken.lib.text import clean
from harken.workspaces.encryption import SecretUnreadable, opened
from harken.workspaces.models import Workspace

log = logging.getLogger(__name__)

ASKED = "oidc"
ASKED_FOR_SECONDS = 600
# Several tabs may be on their way at once.
MOST_ASKED = 5
# Only keys that a provider keeps to itself: no shared secrets, never "none" (RFC 8725, 3.1).
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
CLOCKS_DIFFER_SECONDS = 60
LONGEST_SUBJECT = 255


def return_address(workspace: Workspace) -> str:
    """Return where the provider sends people back to; it stays when the workspace's address changes."""
    return f"{settings.HARKEN_URL}{reverse('agents:oidc_return', args=[workspace.pk])}"


def begin_address(workspace: Workspace) -> str:
    """Return where colleagues begin to sign in by the workspace's provider."""
    return f"{settings.HARKEN_URL}{reverse('agents:oidc_begin', args=[workspace.slug])}"


def begin(session: Any, provider: Provider, *, then: str) -> str:
    """Return the provider's page to go to, and remember what was asked. Raises ProviderAway."""
    told = metadata(provider.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
    asked = dict(list(session.get(ASKED, {}).items())[1 - MOST_ASKED :])
    session[ASKED] = asked | {
        state: {
            "workspace": provider.workspace_id,
            "issuer": provider.issuer,
            "nonce": nonce,
            "verifier": verifier,
            "then": then,
            "at": int(time.time()),
        }
    }
    question = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": return_address(provider.workspace),
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    page = str(told["authorization_endpoint"])
    return f"{page}{'&' if urlsplit(page).query else '?'}{urlencode(question)}"


def asked_before(session: Any, workspace_id: int, answer: Any) -> dict[str, Any]:
    """Return the question that an answer belongs to, and forget it: an answer counts once. Raises SignInOutdated."""
    waiting = dict(session.get(ASKED, {}))
    asked: dict[str, Any] | None = waiting.pop(answer.get("state", ""), None)
    if asked is None or asked["workspace"] != workspace_id:
        raise SignInOutdated
    session[ASKED] = waiting
    if time.time() - asked["at"] > ASKED_FOR_SECONDS:
        raise SignInOutdated
    return asked


def prove(provider: Provider, asked: dict[str, Any], answer: Any) -> dict[str, Any]:
    """Change the code of an answer into who it is about. Raises SignInRefused."""
    if answer.get("iss", provider.issuer) != provider.issuer or asked["issuer"] != provider.issuer:
        raise AnswerUnproven
    if not answer.get("code"):
        raise ProviderSaidNo
    told = metadata(provider.issuer)
    tokens = _tokens(provider, told, str(answer["code"]), asked["verifier"])
    claims = _claims(provider, told, str(tokens.get("id_token", "")), asked["nonce"])
    if "email" not in claims and told.get("userinfo_endpoint"):
        return claims | _more(told, claims, str(tokens.get("access_token", "")))
    return claims


def _tokens(provider: Provider, told: dict[str, Any], code: str, verifier: str) -> dict[str, Any]:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": return_address(provider.workspace),
        "code_verifier": verifier,
    }
    headers = {}
    secret = _secret(provider)
    # Basic is what a provider takes that does not say (OpenID Connect Discovery 1.0, 3).
    if secret and "client_secret_post" not in told.get("token_endpoint_auth_methods_supported", []):
        headers["Authorization"] = f"Basic {_basic(provider.client_id, secret)}"
    else:
        fields |= {"client_id": provider.client_id} | ({"client_secret": secret} if secret else {})
    try:
        response = outside.post(
            told["token_endpoint"], fields, headers=headers, allow_internal=settings.HARKEN_ALLOW_INTERNAL
        )
    except (outside.NoAnswer, outside.NotAllowed) as error:
        raise ProviderAway from error
    if response.status_code in {400, 401, 403}:
        log.warning(
            "workspace %s: its provider refuses the code: %s", provider.workspace_id, response.status_code
        )
        raise AnswerUnproven
    return object_in(response)


def _claims(provider: Provider, told: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key_of(token, told["jwks_uri"]),
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=CLOCKS_DIFFER_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning(
            "workspace %s: its provider's token does not fit: %s", provider.workspace_id, type(error).__name__
        )
        raise AnswerUnproven from error
    if not _is_for_us(claims, provider.client_id) or not _same(claims.get("nonce"), nonce):
        log.warning("workspace %s: its provider's token answers another question", provider.workspace_id)
        raise AnswerUnproven
    return claims


def _is_for_us(claims: dict[str, Any], client_id: str) -> bool:
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    asked_by = claims.get("azp", client_id if len(audiences) == 1 else None)
    subject = claims["sub"]
    return (
        asked_by == client_id
        and isinstance(subject, str)
        and 0 < len(subject) <= LONGEST_SUBJECT
        and clean(subject) == subject
    )


def _more(told: dict[str, Any], claims: dict[str, Any], access: str) -> dict[str, Any]:
    """What only the provider's page about its user says; about the same user, or nothing."""
    more = document(str(told["userinfo_endpoint"]), bearer=access)
    if more.get("sub") != claims["sub"]:
        raise AnswerUnproven
    return {name: more[name] for name in ("email", "email_verified", "name") if name in more}


def _secret(provider: Provider) -> str:
    try:
        return opened(provider.client_secret)
    except SecretUnreadable as error:
        log.error("workspace %s: the secret of its provider cannot be read", provider.workspace_id)
        raise ProviderAway from error


def _same(one: Any, other: str) -> bool:
    return isinstance(one, str) and hmac.compare_digest(one.encode(), other.encode())


def _basic(client_id: str, secret: str) -> str:
    # Each half is form-encoded first (RFC 6749, 2.3.1).
    return base64.b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")

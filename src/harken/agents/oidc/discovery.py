"""What a provider says of itself, and the keys it signs with; asked for through the one guarded door, kept an hour."""

from typing import Any

import httpx
import jwt
from django.conf import settings
from django.core.cache import cache

from harken.agents.digests import digest_of
from harken.agents.errors import ProviderAway
from harken.lib import outside

KEPT_SECONDS = 3600
# A token signed by a key that is not known yet asks for the keys again, but not every time.
ASK_AGAIN_AFTER_SECONDS = 10
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def metadata(issuer: str) -> dict[str, Any]:
    """Return the provider's own description. Raises ProviderAway when there is none, or one of somebody else."""
    kept: dict[str, Any] | None = cache.get(_name("metadata", issuer))
    if kept is not None:
        return kept
    told = document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer or not all(isinstance(told.get(name), str) for name in NEEDED):
        raise ProviderAway
    cache.set(_name("metadata", issuer), told, KEPT_SECONDS)
    return told


def key_of(token: str, jwks_uri: str) -> jwt.PyJWK:
    """Return the key that signed the token; asks again when it is a new one. Raises ProviderAway, jwt.PyJWTError."""
    wanted = jwt.get_unverified_header(token).get("kid")
    found = _find(_keys(jwks_uri), wanted)
    if found is None and cache.add(_name("again", jwks_uri), 1, ASK_AGAIN_AFTER_SECONDS):
        cache.delete(_name("keys", jwks_uri))
        found = _find(_keys(jwks_uri), wanted)
    if found is None:
        raise jwt.InvalidKeyError("no such key")
    return found


def document(url: str, *, bearer: str = "") -> dict[str, Any]:
    """Fetch a JSON object. Raises ProviderAway."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    try:
        return object_in(outside.get(url, headers=headers, allow_internal=settings.HARKEN_ALLOW_INTERNAL))
    except (outside.NoAnswer, outside.NotAllowed) as error:
        raise ProviderAway from error


def object_in(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of a good answer. Raises ProviderAway."""
    try:
        told = response.json()
    except ValueError as error:
        raise ProviderAway from error
    if response.status_code != 200 or not isinstance(told, dict):
        raise ProviderAway
    return told


def _keys(jwks_uri: str) -> dict[str, Any]:
    kept: dict[str, Any] | None = cache.get(_name("keys", jwks_uri))
    if kept is None:
        kept = document(jwks_uri)
        cache.set(_name("keys", jwks_uri), kept, KEPT_SECONDS)
    return kept


def _find(told: dict[str, Any], wanted: str | None) -> jwt.PyJWK | None:
    keys = jwt.PyJWKSet.from_dict(told).keys
    if wanted is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.key_id == wanted), None)


def _name(what: str, address: str) -> str:
    return f"oidc:{what}:{digest_of(address)}"

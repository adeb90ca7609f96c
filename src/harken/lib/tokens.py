"""Short signed tokens for places where people and mail servers fold case: addresses and Message-IDs."""

import base64
import hashlib
import hmac
import secrets

# 128 bits: with ten million guesses a second the sun burns out first.
MAC_BYTES = 16
NUMBER_BYTES = 5
# Enough that two tokens for one number differ.
NONCE_BYTES = 5


def signed(key: bytes, value: int, *, nonce: bytes = b"") -> str:
    """Return lower-case base32 of a 40-bit number, the nonce and a 128-bit MAC over both."""
    body = value.to_bytes(NUMBER_BYTES, "big") + nonce
    return _encode(body + _mac(key, body))


def value_of(key: bytes, token: str) -> int | None:
    """Return the number of a token that `signed` made with this key, without a nonce; `None` for everything else."""
    opened = opened_with(key, token, nonce_bytes=0)
    return opened[0] if opened else None


def opened_with(key: bytes, token: str, *, nonce_bytes: int) -> tuple[int, bytes] | None:
    """Return number and nonce of a token that `signed` made with this key; `None` for everything else."""
    raw = _decode(token)
    if raw is None or len(raw) != NUMBER_BYTES + nonce_bytes + MAC_BYTES:
        return None
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, body)):
        return None
    return int.from_bytes(body[:NUMBER_BYTES], "big"), body[NUMBER_BYTES:]


def letters(nonce_bytes: int = 0) -> int:
    """Return how long a token is that was made with so many bytes of nonce."""
    return -(-(NUMBER_BYTES + nonce_bytes + MAC_BYTES) * 8 // 5)


def nonce() -> bytes:
    """Return 40 random bits."""
    return secrets.token_bytes(NONCE_BYTES)


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, hashlib.sha256)[:MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _decode(token: str) -> bytes | None:
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (ValueError, UnicodeError):
        return None
    # The last letter has bits to spare: a token has one spelling, but for its case, and every other one is guessed.
    return raw if _encode(raw) == token.lower() else None

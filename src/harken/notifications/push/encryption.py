"""What a push says is sealed for one browser: the service that carries it reads nothing (RFC 8291, RFC 8188)."""

import base64
import binascii
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
POINT_BYTES = 65
AUTH_BYTES = 16
SALT_BYTES = 16
RECORD_BYTES = 4096
# Push services must take 4096 bytes (RFC 8030, 7.2): head 86, end mark 1, tag 16.
MOST_BYTES = RECORD_BYTES - 86 - 1 - 16
LAST_RECORD = b"\x02"


class NotKeys(ValueError):
    """The keys are not those of a browser's subscription."""


@dataclass(frozen=True)
class Keys:
    """A browser's public key and its secret, as it tells them: base64url."""

    p256dh: str
    auth: str

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        """The key as a point of the curve. Raises NotKeys."""
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _decoded(self.p256dh, POINT_BYTES))
        except ValueError as error:
            raise NotKeys from error

    @property
    def secret(self) -> bytes:
        """Raises NotKeys."""
        return _decoded(self.auth, AUTH_BYTES)

    def check(self) -> None:
        """Raise NotKeys unless a push can be sealed with them."""
        assert self.public
        assert self.secret


def seal(
    words: bytes, keys: Keys, *, salt: bytes = b"", sender: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """Return the body of a push with `Content-Encoding: aes128gcm`: one record that only this browser opens.

    Salt and sender's key are new each time; they are given for the RFC's own example. Raises NotKeys, and ValueError
    for more than MOST_BYTES.
    """
    if len(words) > MOST_BYTES:
        raise ValueError("too long for a push")
    salt, sender = salt or os.urandom(SALT_BYTES), sender or ec.generate_private_key(CURVE)
    browser, own = point_of(keys.public), point_of(sender.public_key())
    shared = sender.exchange(ec.ECDH(), keys.public)
    key = _derived(keys.secret, shared, b"WebPush: info\x00" + browser + own, 32)
    content_key = _derived(salt, key, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, key, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own)]) + own
    return head + AESGCM(content_key).encrypt(nonce, words + LAST_RECORD, None)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as push services want it: an uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(raw: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _derived(salt: bytes, secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, purpose).derive(secret)


def _decoded(text: str, length: int) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (binascii.Error, ValueError) as error:
        raise NotKeys from error
    if len(raw) != length:
        raise NotKeys
    return raw

"""DKIM signatures of ours (RFC 6376): a pair of keys, and the line that proves whose letter it is."""

import base64
from dataclasses import dataclass, field

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from harken.channels.email.dkim_check import relaxed

KEY_BITS = 2048

# One more than a letter has of each: nobody can add a second Subject to what we signed.
_SEALED = (b"from", b"to", b"cc", b"reply-to", b"subject", b"date", b"message-id")
_ALSO_SIGNED = (
    b"in-reply-to",
    b"references",
    b"mime-version",
    b"content-type",
    b"content-transfer-encoding",
    b"auto-submitted",
)


@dataclass(frozen=True)
class Signer:
    """Whose key signs, and under which name its public half is found."""

    domain: str
    selector: str
    private_key: str = field(repr=False)

    def sign(self, letter: bytes) -> bytes:
        """Return the letter with a signature above it. Raises dkim.DKIMException for a key that is none."""
        signed = dkim.DKIM(relaxed(letter)).sign(
            self.selector.encode(),
            self.domain.encode(),
            self.private_key.encode(),
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=_signed_names(letter),
        )
        return bytes(signed) + letter


def new_keys() -> tuple[str, str]:
    """Return a private key as PEM and its public half as a DKIM record wants it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), base64.b64encode(public).decode()


def _signed_names(letter: bytes) -> list[bytes]:
    head = letter.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    signed = [name for name in names if name in (*_SEALED, *_ALSO_SIGNED)]
    return [*signed, *_SEALED]

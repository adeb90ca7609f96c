"""Who sends a push: a token signed for one push service, good for some hours (RFC 8292)."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from harken.notifications.push.encryption import CURVE, encoded, point_of

# Services refuse tokens that are good for more than a day; a clock that is hours wrong is forgiven.
GOOD_FOR = timedelta(hours=12)
NUMBER_BYTES = 32


def new_key() -> str:
    """Return a new private key as PEM."""
    key = ec.generate_private_key(CURVE)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(private: str) -> str:
    """Return the key that browsers subscribe with, and services know the sender by."""
    return encoded(point_of(_loaded(private).public_key()))


def authorization(private: str, endpoint: str, contact: str, now: datetime) -> str:
    """Return the Authorization header of a push; `contact` is a mailto: or https: address of ours."""
    key = _loaded(private)
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + GOOD_FOR).timestamp()),
        "sub": contact,
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(r.to_bytes(NUMBER_BYTES, "big") + s.to_bytes(NUMBER_BYTES, "big"))
    return f"vapid t={signed}.{signature}, k={encoded(point_of(key.public_key()))}"


def _part(content: dict[str, object]) -> str:
    return encoded(json.dumps(content, separators=(",", ":")).encode())


def _loaded(private: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(private.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key

"""A push service on loopback (RFC 8030), and a browser that opens what it is sent (RFC 8291).

with PushService() as service:
    browser = Browser()
    browser.endpoint(service)         # what it would tell the desk
    [request] = service.requests      # what came: path, headers, body
    browser.opened(request.body)
    service.answers = [410]           # the next answers; 201 afterwards
"""

import base64
import json
import os
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harken.notifications.push.encryption import Keys

CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Request:
    """One push as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """Who says to have sent it, once the signature was found good. Raises InvalidSignature."""
        parts = dict(part.strip().split("=", 1) for part in self.headers["authorization"][6:].split(","))
        head, body, signature = parts["t"].split(".")
        key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw(parts["k"]))
        r, s = (int.from_bytes(half, "big") for half in (raw(signature)[:32], raw(signature)[32:]))
        key.verify(encode_dss_signature(r, s), f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256()))
        return dict(json.loads(raw(body)), key=parts["k"])


class PushService(ThreadingHTTPServer):
    """A running service; a context manager."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.requests: list[Request] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Browser:
    """What a browser keeps of a subscription: a key pair and a secret."""

    def __init__(self) -> None:
        self._key, self._secret = ec.generate_private_key(CURVE), os.urandom(16)
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> Keys:
        return Keys(_text(self._point), _text(self._secret))

    def endpoint(self, service: PushService) -> str:
        return f"{service.url}/push/{_text(self._point[:12])}"

    def subscription(self, service: PushService) -> dict[str, str]:
        """What its script sends to the desk."""
        return {"endpoint": self.endpoint(service), "p256dh": self.keys.p256dh, "auth": self.keys.auth}

    def opened(self, sealed: bytes) -> bytes:
        """The words of a push, step by step as the RFC writes them. Raises InvalidTag when it is not for us."""
        salt, length = sealed[:16], sealed[20]
        sender, record = sealed[21 : 21 + length], sealed[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        info = b"WebPush: info\x00" + self._point + sender
        secret = _mac(_mac(self._secret, shared), info + b"\x01")
        seed = _mac(salt, secret)
        key = _mac(seed, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = _mac(seed, b"Content-Encoding: nonce\x00\x01")[:12]
        words = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert words[-1:] == b"\x02"
        return words[:-1]

    def read(self, request: Request) -> Any:
        """What a push says."""
        return json.loads(self.opened(request.body))


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _mac(key: bytes, content: bytes) -> bytes:
    mac = hmac.HMAC(key, hashes.SHA256())
    mac.update(content)
    return mac.finalize()


class _Line(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.path, headers, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 201)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass

"""A sign-in service on loopback (OpenID Connect): discovery, keys, codes and tokens; its answers can be bent.

with Issuer() as issuer:
    issuer.url, issuer.client_id, issuer.client_secret   # what the settings page wants
    issuer.person = {"sub": "…", "email": "…", "email_verified": True}
    issuer.bent = {"aud": "somebody-else"}               # claims of the next tokens; None leaves one out
    issuer.about = {"email": "…"}                        # what its page about a user says
    issuer.rotate()                                      # signs with a new key from now on
    issuer.fault = 503                                   # everything answers so, until it is 0 again
    issuer.authorize(address)                            # what a browser comes back with: the return address

A browser that is led there finds a page with one link, by which the person agrees.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer(ThreadingHTTPServer):
    """A running issuer; a context manager."""

    daemon_threads = True
    client_id, client_secret = "harken-desk", "client-secret-canary"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.person: dict[str, Any] = {
            "sub": "olga-1",
            "email": "olga@fennel.example",
            "email_verified": True,
        }
        self.bent: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.fault = 0
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self.rotate()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def rotate(self) -> None:
        """Forget the key of now, and sign with another."""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = secrets.token_hex(4)

    def authorize(self, address: str) -> str:
        """Let the person agree on the page at `address`; return the path and query they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_hex(8)
        self._codes[code] = asked
        back = urlsplit(asked["redirect_uri"]).path
        return f"{back}?{urlencode({'state': asked['state'], 'code': code, 'iss': self.url})}"

    def describe(self) -> dict[str, Any]:
        """What stands at the well-known address."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/about",
        } | self.described

    def keys(self) -> dict[str, Any]:
        """The public half of the key of now."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [public | {"kid": self._key_id, "use": "sig"}]}

    def change(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Change a code into tokens; each code once, with its verifier, for who may."""
        wanted = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if authorization != f"Basic {wanted}" and form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or not _fits(asked, form):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opens-about", "token_type": "Bearer", "id_token": self._token(asked)}

    def _token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": self.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        }
        told = {
            name: value for name, value in (claims | self.person | self.bent).items() if value is not None
        }
        headers = {"kid": self._key_id}
        if self.algorithm == "none":
            return jwt.encode(told, "", algorithm="none", headers=headers)
        if self.algorithm == "HS256":
            return jwt.encode(told, self.client_secret * 4, algorithm="HS256", headers=headers)
        return jwt.encode(told, self._key, algorithm="RS256", headers=headers)


def _fits(asked: dict[str, str], form: dict[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return (asked["redirect_uri"], asked["code_challenge"]) == (form.get("redirect_uri"), challenge)


class _Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        pages = {
            "/.well-known/openid-configuration": self.server.describe,
            "/keys": self.server.keys,
            "/about": lambda: self.server.about,
        }
        page = pages.get(self.path)
        if self.path.startswith("/authorize?"):
            self._ask()
        else:
            self._answer(*((200, page()) if page else (404, {})))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*self.server.change(form, self.headers.get("Authorization", "")))

    def _ask(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        code = self.server.authorize(self.path).partition("?")[2]
        page = (
            f"<!doctype html><title>Sign in</title><a href='{asked['redirect_uri']}?{escape(code)}'>Agree</a>"
        )
        self._write(200, "text/html", page.encode())

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        self.server.asked.append(self.path)
        self._write(self.server.fault or status, "application/json", json.dumps(told).encode())

    def _write(self, status: int, kind: str, raw: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

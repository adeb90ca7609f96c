"""A mailbox's provider on loopback: where people sign in, tokens for codes and refresh tokens, and their check.

    with Provider() as provider:
        provider.authorize_url, provider.token_url, provider.scope   # what the settings page wants
        provider.refresh_token                  # one that is good from the start
        provider.lasts_seconds = 10             # tokens given from now on
        provider.revoke()                       # the leave is taken back: tokens and refresh tokens are void
        provider.fault = 503                    # the token server answers so, until it is 0 again
        provider.asked                          # the forms that came, oldest first
        provider.owner_of("token")              # whose mailbox a token opens; "" for a bad one

`/introspect?token=` answers as Dovecot's oauth2 passdb asks. Every token opens `provider.user`'s mailbox.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT_ID, CLIENT_SECRET = "harken-desk", "client-secret-canary"


class Provider(ThreadingHTTPServer):
    """A running provider; a context manager."""

    daemon_threads = True
    scope = "mail"

    def __init__(self, user: str = "help@fennel.example") -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.user = user
        self.lasts_seconds = 3600
        self.fault = 0
        self.agrees = True
        self.asked: list[dict[str, str]] = []
        self.refresh_token = secrets.token_hex(8)
        self._refresh_tokens = {self.refresh_token}
        self._good_until: dict[str, float] = {}
        self._codes: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def url(self) -> str:
        """The provider's own address."""
        return f"http://localhost:{self.server_address[1]}"

    @property
    def authorize_url(self) -> str:
        """Where people sign in."""
        return f"{self.url}/authorize"

    @property
    def token_url(self) -> str:
        """Where codes and refresh tokens are changed."""
        return f"{self.url}/token"

    def revoke(self) -> None:
        """Take the leave back, as the mailbox's owner does on the provider's page."""
        self._refresh_tokens.clear()
        self._good_until.clear()

    def forget_access(self) -> None:
        """Make every access token void before its time, and keep the leave itself."""
        self._good_until.clear()

    def give_access(self) -> str:
        """Return a token that opens the mailbox."""
        token = secrets.token_hex(16)
        self._good_until[token] = time.monotonic() + self.lasts_seconds
        return token

    def owner_of(self, token: str) -> str:
        """Return whose mailbox the token opens; "" when it opens none."""
        return self.user if self._good_until.get(token, 0) > time.monotonic() else ""

    def begin(self, asked: dict[str, str]) -> str:
        """Agree to what a desk asks for, and return where the browser goes; called by the server's threads."""
        answer = {"state": asked["state"]}
        if self.agrees:
            code = secrets.token_hex(8)
            self._codes[code] = asked
            answer["code"] = code
        else:
            answer["error"] = "access_denied"
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def change(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer at the token address; called by the server's threads."""
        self.asked.append(form)
        if self.fault:
            return self.fault, {"error": "temporarily_unavailable"}
        if form.get("client_id") != CLIENT_ID or form.get("client_secret") != CLIENT_SECRET:
            return 401, {"error": "invalid_client"}
        if not self._is_good(form):
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        answer = {
            "access_token": self.give_access(),
            "expires_in": self.lasts_seconds,
            "token_type": "Bearer",
        }
        return 200, answer | {"refresh_token": self._rotate(form)}

    def _is_good(self, form: dict[str, str]) -> bool:
        if form["grant_type"] == "refresh_token":
            return form["refresh_token"] in self._refresh_tokens
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        known = (form["redirect_uri"], challenge)
        return asked is not None and known == (asked["redirect_uri"], asked["code_challenge"])

    def _rotate(self, form: dict[str, str]) -> str:
        """Each refresh token is good once, as with the strictest of providers."""
        self._refresh_tokens.discard(form.get("refresh_token", ""))
        self.refresh_token = secrets.token_hex(8)
        self._refresh_tokens.add(self.refresh_token)
        return self.refresh_token


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: each[0] for name, each in parse_qs(parts.query).items()}
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.server.begin(asked))
            self.end_headers()
        else:
            user = self.server.owner_of(asked.get("token", ""))
            self._say(200, {"active": bool(user), "email": user} if user else {"active": False})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._say(*self.server.change({name: each[0] for name, each in parse_qs(body).items()}))

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        raw = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

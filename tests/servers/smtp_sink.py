"""A real SMTP server on loopback that keeps what it gets, and misbehaves when told to.

    with SmtpSink() as sink:
        send(sink.relay(), "help@acme.example", message)   # or HARKEN_SMTP_URL=sink.url
        [letter] = sink.wait_for(1)
        letter.message["Subject"]; letter.recipients; letter.raw

    sink.refuse["ann@example.com"] = "450 4.2.0 Greylisted"   # the answer to RCPT TO
    sink.refuse_sender = "550 5.7.1 Not you"                  # the answer to MAIL FROM
    sink.after_text = "554 5.6.0 No"     # the last answer; or HANG_UP or SILENCE, with the letter kept
    sink.drop_in_text = True             # hangs up in the middle of the text
    sink.fail("RCPT", "451 4.3.0 Later") # the next RCPT only; of MAIL, RCPT, TEXT (HANG_UP) and END
    sink.connections                     # how often somebody connected
    sink.hang_up()                       # on everybody who is connected

`SmtpSink(tls="starttls" or "tls")` shows a certificate signed by `sink.ca_file` (the same authority
as Dovecot's: a process started with `SSL_CERT_FILE` set to it trusts both);
`SmtpSink(password="…")` wants the user `harken` with that password;
`SmtpSink(takes_token=function)` wants a token that the function likes (XOAUTH2).
"""

import asyncio
import base64
import shutil
import socket
import ssl
import tempfile
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from harken.channels.email.relay import Relay
from tests.servers.certificates import make_certificate

HANG_UP = "hang up"
SILENCE = "silence"
HANG_UP_SECONDS = 5
USER = "harken"


@dataclass(frozen=True)
class Letter:
    """What one DATA brought."""

    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...] = ()

    @property
    def message(self) -> Message:
        """The letter, parsed."""
        return message_from_bytes(self.raw)


class SmtpSink:
    """A running server; a context manager."""

    def __init__(
        self,
        *,
        tls: str = "none",
        certified_name: str = "localhost",
        password: str = "",
        takes_token: Callable[[str], bool] | None = None,
        smtputf8: bool = True,
        largest_bytes: int = 2**26,
    ) -> None:
        self.letters: list[Letter] = []
        self.refuse: dict[str, str] = {}
        self.refuse_sender = ""
        self.after_text = ""
        self.drop_in_text = False
        self.connections = 0
        self._faults: dict[str, deque[str]] = defaultdict(deque)
        self._lines: set[_Line] = set()
        self.password = password
        self.takes_token = takes_token
        self.port = 0
        self._tls = tls
        self._certified_name = certified_name
        self._options = {"enable_SMTPUTF8": smtputf8, "data_size_limit": largest_bytes}
        self._arrived = threading.Condition()

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="smtp-sink-"))
        certificate = make_certificate(self._folder, self._certified_name)
        self.ca_file = str(certificate.authority)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.chain, certificate.key)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(context),))
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join()
        shutil.rmtree(self._folder)

    async def _serve(self, context: ssl.SSLContext) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        answers, options = _Answers(self), self._options | self._tls_options(context)
        server = await self._loop.create_server(
            lambda: _Line(self, answers, **options),
            "127.0.0.1",
            0,
            ssl=context if self._tls == "tls" else None,
        )
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await self._closing.wait()
        server.close()
        self._hang_up()
        await asyncio.sleep(0)

    @property
    def url(self) -> str:
        """The server as HARKEN_SMTP_URL writes it."""
        scheme = "smtps" if self._tls == "tls" else "smtp"
        who = f"{USER}:{self.password}@" if self.password else ""
        return f"{scheme}://{who}localhost:{self.port}?security={self._tls}"

    def relay(self, **changes: Any) -> Relay:
        """Return the settings with which Harken sends by this server."""
        settings: dict[str, Any] = {
            "host": "localhost",
            "port": self.port,
            "security": self._tls,
            "user": USER if self.password else "",
            "password": self.password,
            "timeout_seconds": 10,
            "last_reply_timeout_seconds": 10,
            "ca_file": self.ca_file,
        }
        return Relay(**settings | changes)

    def wait_for(self, count: int, seconds: float = 10) -> list[Letter]:
        """Return the letters once there are `count` of them; raise TimeoutError when they do not come."""
        until = time.monotonic() + seconds
        with self._arrived:
            while len(self.letters) < count:
                if not self._arrived.wait(until - time.monotonic()):
                    raise TimeoutError(f"{len(self.letters)} of {count} letters came")
            return list(self.letters)

    def keep(self, letter: Letter) -> None:
        """Take a letter; called by the server's thread."""
        with self._arrived:
            self.letters.append(letter)
            self._arrived.notify_all()

    def fail(self, step: str, fault: str) -> None:
        """Answer this step with the fault, once."""
        self._faults[step].append(fault)

    @property
    def is_well(self) -> bool:
        """Whether no fault is still to come."""
        return not any(self._faults.values())

    def next_fault(self, step: str) -> str:
        """Take the fault that is due at this step, "" when none is; called by the server's thread."""
        return self._faults[step].popleft() if self._faults[step] else ""

    def hang_up(self) -> None:
        """End every connection, as a server does that is started anew."""
        self._loop.call_soon_threadsafe(self._hang_up)
        until = time.monotonic() + HANG_UP_SECONDS
        while self._lines and time.monotonic() < until:
            time.sleep(0.01)

    def opened(self, line: "_Line") -> None:
        """Count a connection; called by the server's thread."""
        self.connections += 1
        self._lines.add(line)

    def ended(self, line: "_Line") -> None:
        """Forget a connection; called by the server's thread."""
        self._lines.discard(line)

    def _hang_up(self) -> None:
        for line in list(self._lines):
            line.hang_up()

    def _tls_options(self, context: ssl.SSLContext) -> dict[str, Any]:
        return {
            "tls_context": context if self._tls == "starttls" else None,
            "require_starttls": self._tls == "starttls",
            "auth_require_tls": False,
            "authenticator": self._authenticate,
        }

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, who: Any
    ) -> Any:
        expected = LoginPassword(USER.encode(), self.password.encode())
        return AuthResult(success=who == expected, handled=False)


class _Answers:
    """The answers of the protocol as the sink was told to give them."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, offers: list[str]
    ) -> list[str]:
        session.host_name = name
        # Without a password of ours there is nothing to sign in to.
        others = [each for each in offers if "AUTH" not in each]
        if self._sink.takes_token:
            return ["250-AUTH XOAUTH2", *others]
        return offers if self._sink.password else others

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (self._sink.password or self._sink.takes_token) and not session.authenticated:
            return "530 5.7.0 Authentication required"
        refusal = self._sink.refuse_sender or self._sink.next_fault("MAIL")
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._sink.refuse.get(address) or self._sink.next_fault("RCPT")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: "_Line", session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self._sink.after_text or self._sink.next_fault("END")
        if not answer[:1].isdigit():
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
            content = bytes(envelope.original_content or b"")
            self._sink.keep(Letter(sender, tuple(envelope.rcpt_tos), content, tuple(envelope.mail_options)))
        if answer == HANG_UP:
            server.hang_up()
        if answer == SILENCE:
            await asyncio.sleep(3600)
        return answer or "250 2.0.0 Kept"


class _Line(SMTP):
    def __init__(self, sink: SmtpSink, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, hostname=socket.gethostname(), **options)
        self._sink = sink

    async def auth_XOAUTH2(self, _server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(arguments[1]).decode() if len(arguments) > 1 else ""
        token = said.partition("auth=Bearer ")[2].rstrip("\x01")
        if self._sink.takes_token and self._sink.takes_token(token):
            return AuthResult(success=True, auth_data=said)
        # As Google does: the reason as a challenge, whose empty answer brings the refusal.
        await self.push("334 " + base64.b64encode(b'{"status":"400"}').decode())
        await self._reader.readline()
        return AuthResult(success=False, handled=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # STARTTLS makes the same connection a second time.
        if self.transport is None:
            self._sink.opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sink.ended(self)
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        has_recipients = bool(self.envelope and self.envelope.rcpt_tos)
        if has_recipients and (self._sink.drop_in_text or self._sink.next_fault("TEXT")):
            await self.push("354 Go on")
            await self._reader.read(1)
            self.hang_up()
        else:
            await super().smtp_DATA(arg)

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

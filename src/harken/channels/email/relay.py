"""The relay that takes our mail: its settings, and a connection to it that is encrypted and signed in."""

import base64
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from urllib.parse import parse_qs, unquote, urlsplit

from harken.channels.email.errors import (
    EncryptionNotOffered,
    EncryptionRequired,
    MailServerProblem,
    RefusedByServer,
    SignInNotOffered,
    TokenRefused,
    WrongPassword,
    problem_from,
)
from harken.channels.problems import MAIL_OUT

SECURITIES = ("tls", "starttls", "none")
DEFAULT_PORTS = {"tls": 465, "starttls": 587, "none": 25}
FAREWELL_SECONDS = 5
MOST_DIGITS = 6

SAFE = MAIL_OUT


class InvalidRelayUrl(ValueError):
    """The relay's URL cannot be understood; the message says why and never repeats the URL, which holds a password."""


@runtime_checkable
class Access(Protocol):
    """Gives the token that signs in where no password does (XOAUTH2); another one than the `refused`."""

    def __call__(self, refused: str = "") -> str: ...


@dataclass(frozen=True)
class Relay:
    """The server that takes our mail. `ca_file` is trusted besides the system's authorities.

    `per_minute` is how many letters it takes (0: as many as there are); whoever sends keeps to that.
    """

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    access: Access | None = None
    per_minute: int = 0
    timeout_seconds: float = 30
    last_reply_timeout_seconds: float = 120
    ca_file: str = ""

    @classmethod
    def from_url(cls, url: str) -> "Relay":
        """Read `smtp[s]://user:password@host:port`; raise InvalidRelayUrl.

        `smtps` is TLS from the first byte. `smtp` is STARTTLS, required and checked, except to this
        very machine, where it is no encryption; `?security=tls|starttls|none` says otherwise.
        `?per_minute=60` keeps to what the server takes.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise InvalidRelayUrl("The host or the port of the mail relay is not valid.") from error
        if parts.scheme not in ("smtp", "smtps") or not host:
            raise InvalidRelayUrl("Write the mail relay as smtp[s]://user:password@host:port.")
        security = _security(parts.scheme, host, parts.query)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        per_minute = _per_minute(parts.query)
        return cls(host, port or DEFAULT_PORTS[security], security, user, password, per_minute=per_minute)

    @property
    def server(self) -> str:
        """Host and port, as problems name them."""
        return f"{self.host}:{self.port}"


def check(relay: Relay, sender: str = "") -> None:
    """Connect and sign in without sending; raise the MailServerProblem that stands in the way.

    With a `sender` the server is asked, too, whether it takes letters from there.
    """
    with connected(relay) as smtp:
        if sender and sender.isascii():
            code, words = smtp.mail(sender)
            if code != 250:
                raise smtplib.SMTPResponseException(code, words)
            smtp.rset()


@contextmanager
def connected(relay: Relay) -> Iterator[smtplib.SMTP]:
    """Give a connection ready for MAIL; whatever breaks, in the block too, is raised as a MailServerProblem."""
    with problems_of(relay):
        smtp = signed_in(relay)
        try:
            yield smtp
            say_goodbye(smtp)
        finally:
            smtp.close()


@contextmanager
def problems_of(relay: Relay) -> Iterator[None]:
    """Turn what breaks in the block into a MailServerProblem."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise _refusal(RefusedByServer, relay, error) from error
    except OSError as error:
        raise problem_from(error, relay.server, SAFE) from error


def signed_in(relay: Relay) -> smtplib.SMTP:
    """Return a new connection, encrypted and signed in as the relay says; the caller closes it."""
    smtp = _open(relay)
    try:
        _hurry(smtp)
        _sign_in(smtp, relay)
    except BaseException:
        smtp.close()
        raise
    return smtp


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Trust what the system trusts, and `ca_file` besides; names and dates are always checked."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _security(scheme: str, host: str, query: str) -> str:
    asked = parse_qs(query).get("security", [""])[-1]
    if asked and asked not in SECURITIES:
        raise InvalidRelayUrl("The security of the mail relay is one of tls, starttls, none.")
    usual = "tls" if scheme == "smtps" else "none" if is_this_machine(host) else "starttls"
    return asked or usual


def _per_minute(query: str) -> int:
    asked = parse_qs(query).get("per_minute", ["0"])[-1]
    if not asked.isdecimal() or len(asked) > MOST_DIGITS:
        raise InvalidRelayUrl("Write the letters a minute of the mail relay as a number: ?per_minute=60.")
    return int(asked)


def is_this_machine(host: str) -> bool:
    """Say whether a host is the very machine that Harken runs on: nobody listens in between."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _open(relay: Relay) -> smtplib.SMTP:
    name, timeout = _own_name(), relay.timeout_seconds
    if relay.security == "tls":
        context = tls_context(relay.ca_file)
        return smtplib.SMTP_SSL(relay.host, relay.port, name, timeout=timeout, context=context)
    smtp = smtplib.SMTP(relay.host, relay.port, name, timeout=timeout)
    if relay.security == "starttls":
        try:
            smtp.starttls(context=tls_context(relay.ca_file))
        except BaseException as error:
            smtp.close()
            if isinstance(error, smtplib.SMTPNotSupportedError):
                raise EncryptionNotOffered(relay.server, safe=SAFE) from error
            raise
    return smtp


def _hurry(smtp: smtplib.SMTP) -> None:
    # The end of a text is written by itself, and would wait 40 ms for the answer to the text.
    if smtp.sock is not None:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _own_name() -> str:
    # socket.getfqdn(), smtplib's own way, may wait seconds for a name server that is not there.
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _sign_in(smtp: smtplib.SMTP, relay: Relay) -> None:
    smtp.ehlo_or_helo_if_needed()
    if not relay.user:
        return
    try:
        if relay.access:
            _offer_token(smtp, relay.user, relay.access)
        else:
            _offer_password(smtp, relay)
    except smtplib.SMTPAuthenticationError as error:
        raise _refusal(_sign_in_problem(relay, error.smtp_code), relay, error) from error
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as error:
        raise SignInNotOffered(relay.server, safe=SAFE) from error


def _offer_password(smtp: smtplib.SMTP, relay: Relay) -> None:
    if f"{relay.user}{relay.password}".isascii():
        smtp.login(relay.user, relay.password)
        return
    # smtplib knows passwords in ASCII only; RFC 4616 says UTF-8.
    secret = base64.b64encode(f"\0{relay.user}\0{relay.password}".encode()).decode()
    code, words = smtp.docmd("AUTH", f"PLAIN {secret}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _offer_token(smtp: smtplib.SMTP, user: str, access: Access) -> None:
    token = access()
    try:
        smtp.auth("XOAUTH2", _xoauth2(user, token))
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise
        # A leave may be taken back before its token runs out: a new one is asked for, once.
        smtp.auth("XOAUTH2", _xoauth2(user, access(refused=token)))


def _xoauth2(user: str, token: str) -> Callable[..., str]:
    def answer(challenge: bytes | None = None) -> str:
        # The server's second challenge is its reason to refuse, and wants an empty answer.
        return "" if challenge else f"user={user}\x01auth=Bearer {token}\x01\x01"

    return answer


def _sign_in_problem(relay: Relay, code: int) -> type[MailServerProblem]:
    if code == 538:
        return EncryptionRequired
    if code < 500:
        return RefusedByServer
    return TokenRefused if relay.access else WrongPassword


def _refusal(
    problem: type[MailServerProblem], relay: Relay, error: smtplib.SMTPResponseException
) -> MailServerProblem:
    said = error.smtp_error
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return problem(relay.server, words=f"{error.smtp_code} {words}", safe=SAFE)


def say_goodbye(smtp: smtplib.SMTP) -> None:
    """End a conversation politely, and wait no longer than politeness asks for."""
    with suppress(OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(FAREWELL_SECONDS)
            smtp.quit()

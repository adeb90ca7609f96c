"""Mail that comes to us: one door for SMTP (EHLO) and LMTP (LHLO), for known mailboxes alone; it relays nothing.

A letter is answered with 250 only after `take` has returned: from then on its sender may forget it.
"""

import asyncio
import errno
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax
from django.utils.translation import gettext as _

Take = Callable[[bytes, str, tuple[str, ...], str], None]
Knows = Callable[[str], bool]

log = logging.getLogger(__name__)

LARGEST_BYTES = 100 * 1024 * 1024
MOST_CONNECTIONS = 50
MOST_AT_ONCE = 4
QUIET_SECONDS = 120
FAREWELL_SECONDS = 3
LOOK_SECONDS = 0.1
LINE_END, TEXT_END = b"\r\n", b"\r\n.\r\n"

TAKEN = "250 2.0.0 Taken"
TOO_BUSY = "421 4.3.2 Too many connections, try again later"
NOT_NOW = "451 4.3.0 Not now, try again later"
NO_ROOM = "452 4.3.1 No room on the disk now, try again later"
ONE_AT_A_TIME = "452 4.5.3 One recipient at a time"
NO_SUCH_MAILBOX = "550 5.1.1 No such mailbox here, and nothing is relayed"
TOO_BIG = "552 5.3.4 The message is too big"
NO_ADDRESS = "553 5.1.3 This is not an address"

_FULL = (errno.ENOSPC, errno.EDQUOT)


class NotNow(Exception):
    """What `knows` raises for a mailbox that takes nothing at the moment: its letters shall wait at their sender."""


class CannotListen(Exception):
    """The door cannot be opened; the message says why and what to do."""


def run_listener(
    host: str,
    port: int,
    take: Take,
    knows: Knows,
    stop: threading.Event,
    *,
    on_ready: Callable[[int], None] = lambda port: None,
    largest_bytes: int = LARGEST_BYTES,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Take mail on `host:port` until `stop` is set, then return within five seconds.

    `knows(address)` answers whether a recipient is ours, or raises NotNow. `take(raw, envelope_from, recipients,
    client_ip)` keeps the letter durably before it returns; when it raises, the sender hears "later". Both run in
    threads and may block. `on_ready` is called with the port when the door is open. Raises CannotListen.
    """
    threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="mail-in")
    door = _Door(_Desk(take, knows, threads), largest_bytes, tls)
    # aiosmtpd logs addresses, and bodies when it is told to talk much.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    try:
        asyncio.run(_listen(host, port, door, stop, on_ready))
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


async def _listen(
    host: str, port: int, door: "_Door", stop: threading.Event, on_ready: Callable[[int], None]
) -> None:
    try:
        server = await asyncio.get_running_loop().create_server(door.open, host or None, port)
    except OSError as error:
        raise CannotListen(_why_not(error, host, port)) from error
    on_ready(server.sockets[0].getsockname()[1])
    while not stop.is_set():  # noqa: ASYNC110 (the event is set in another thread)
        await asyncio.sleep(LOOK_SECONDS)
    # Not wait_closed(): it waits for senders who keep their lines open.
    server.close()
    await door.desk.finish(FAREWELL_SECONDS)


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        reason = _("Another program already listens on it. Stop that program or choose another port.")
    elif error.errno == errno.EACCES:
        reason = _("Ports below 1024 are for privileged users. Choose a higher port.")
    else:
        reason = _("This machine has no such address. Check the host.")
    return _("Mail cannot be received on {place}: {reason} (HARKEN_SMTP_IN)").format(
        place=f"{host}:{port}", reason=reason
    )


class _Desk:
    """Answers the questions of the protocol with `take` and `knows`; aiosmtpd calls the `handle_` methods."""

    def __init__(self, take: Take, knows: Knows, threads: ThreadPoolExecutor) -> None:
        self._take = take
        self._knows = knows
        self._threads = threads
        self._taking: set[asyncio.Future[None]] = set()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, name: str, offers: list[str]
    ) -> list[str]:
        session.host_name = name
        return [offer for offer in offers if not offer.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802
        self, server: "_Line", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # LMTP wants one answer per recipient after the text, aiosmtpd gives one in all (RFC 2033, 4.2).
        if server.is_lmtp and envelope.rcpt_tos:
            return ONE_AT_A_TIME
        if not _is_text(address):
            return NO_ADDRESS
        try:
            is_known = await self._in_thread(self._knows, address)
        except NotNow:
            return NOT_NOW
        except Exception:
            log.exception("a recipient could not be looked up")
            return NOT_NOW
        if not is_known:
            return NO_SUCH_MAILBOX
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        sender = envelope.mail_from or ""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        recipients = tuple(envelope.rcpt_tos)
        try:
            await self._in_hand(content, "" if sender == "<>" else sender, recipients, _client_ip(session))
        except Exception as error:
            log.exception("a letter could not be taken")
            return NO_ROOM if getattr(error, "errno", None) in _FULL else NOT_NOW
        return TAKEN

    async def handle_exception(self, error: Exception) -> str:
        log.error("a command failed", exc_info=error)
        return NOT_NOW

    async def finish(self, seconds: float) -> None:
        """Let the letters in hand be stored and answered; the rest will be sent again."""
        if self._taking:
            await asyncio.wait(self._taking, timeout=seconds)
            # One turn of the loop more, in which the answers leave.
            await asyncio.sleep(LOOK_SECONDS)

    def _in_hand(self, *letter: Any) -> "asyncio.Future[None]":
        taking = self._in_thread(self._take, *letter)
        self._taking.add(taking)
        taking.add_done_callback(self._taking.discard)
        return taking

    def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> "asyncio.Future[Any]":
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


class _Door:
    """Makes a line for each connection and counts them."""

    def __init__(self, desk: _Desk, largest_bytes: int, tls: ssl.SSLContext | None) -> None:
        self.desk = desk
        self.lines = 0
        self._largest_bytes = largest_bytes
        self._tls = tls

    def open(self) -> SMTP:
        return _Line(
            self,
            self.desk,
            data_size_limit=self._largest_bytes,
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            timeout=QUIET_SECONDS,
            hostname=socket.gethostname(),
            ident="Harken",
        )


class _Line(SMTP):
    """One connection. Reads the text of a letter in large pieces, lines of any length included."""

    # The reader's buffer; aiosmtpd refuses longer lines, and real mail has them.
    line_length_limit = 64 * 1024

    def __init__(self, door: _Door, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.is_lmtp = False
        self._door = door

    async def _handle_client(self) -> None:
        self._door.lines += 1
        try:
            if self._door.lines > MOST_CONNECTIONS:
                await self.push(TOO_BUSY)
                self._writer.close()
            else:
                await super()._handle_client()
        except ConnectionError:
            log.debug("a sender hung up")
        finally:
            self._door.lines -= 1

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802
        self.is_lmtp = True
        await super().smtp_EHLO(hostname)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        self.is_lmtp = False
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Who is it for?")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self.envelope.content = await self._read_text()
        status = TOO_BIG if self.envelope.content is None else await self._call_handler_hook("DATA")
        self._set_post_data_state()
        await self.push(status)

    async def _read_text(self) -> bytes | None:
        """Return the text with its dots unstuffed, or None when it was too big; bare line feeds end nothing."""
        text, is_too_big = bytearray(LINE_END), False
        while not text.endswith(TEXT_END):
            text += await self._read_piece()
            self._reset_timeout()
            if len(text) > (self.data_size_limit or 0) + len(TEXT_END):
                is_too_big = True
                del text[: -len(TEXT_END)]
        return None if is_too_big else bytes(text[:-3]).replace(b"\r\n.", b"\r\n")[2:]

    async def _read_piece(self) -> bytes:
        try:
            return await self._reader.readuntil(b".\r\n")
        except asyncio.LimitOverrunError as overrun:
            return await self._reader.readexactly(overrun.consumed)


def _client_ip(session: Session) -> str:
    """Return who handed the letter over; `""` for a socket of this machine."""
    peer = session.peer
    return str(peer[0]).partition("%")[0] if isinstance(peer, tuple) else ""


def _is_text(address: str) -> bool:
    """Tell whether it is UTF-8 in one line: aiosmtpd keeps stray bytes as surrogates."""
    return all(sign.isprintable() for sign in address)

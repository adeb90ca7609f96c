"""The protocol side of one mailbox: what is new, its bytes, news of more, and marking as handled.

Nothing is ever expunged. What the network and the server do wrong leaves here as MailServerProblem.
"""

import imaplib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from harken.channels.email.errors import (
    ConnectionLost,
    EncryptionNotOffered,
    EncryptionRequired,
    FolderMissing,
    MailServerProblem,
    MarkingRefused,
    MessageRefused,
    NotAnImapServer,
    RefusedByServer,
    TokenRefused,
    WrongPassword,
    problem_from,
)
from harken.channels.email.relay import Access, tls_context
from harken.channels.problems import MAIL_IN

DONE_FLAG = b"$HarkenDone"
SEEN_FLAG = b"\\Seen"
# A server may hang up on an IDLE after 30 minutes (RFC 2177).
LONGEST_IDLE_SECONDS = 28 * 60
LOOK_SECONDS = 0.5
FAREWELL_SECONDS = 5
HEADS_AT_ONCE = 500
THREAD_FIELDS = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES DATE RECEIVED)]"

SAFE = MAIL_IN


@dataclass(frozen=True)
class ImapAccount:
    """One folder of one mailbox. `ca_file` is trusted besides the system's authorities.
    `is_read_only` opens the folder without a right to change it.

    `handled` is "flag" or "move"; `handled_folder` is written with slashes whatever the server uses.
    """

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    security: str = "tls"
    folder: str = "INBOX"
    take_from: date | None = None
    handled: str = "flag"
    handled_folder: str = "Harken/done"
    access: Access | None = None
    is_read_only: bool = False
    timeout_seconds: float = 30
    ca_file: str = ""

    @property
    def server(self) -> str:
        """Host and port, as problems name them."""
        return f"{self.host}:{self.port}"


class MailboxSession:
    """A signed-in connection with the folder open; a context manager, for one thread."""

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self.uidvalidity = 0
        self._next_uid: int | None = None
        self._flags: tuple[bytes, ...] = ()
        self._done_folder = ""

    def __enter__(self) -> Self:
        with self._problems():
            self._client = self._connect()
        try:
            self._sign_in()
            self._open_folder()
            if self.account.handled == "move" and not self.account.is_read_only:
                self._make_done_folder()
        except BaseException:
            self._hang_up()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            if error is None:
                self._client.socket().settimeout(FAREWELL_SECONDS)
                self._client.logout()
        self._hang_up()

    def start_above(self, day: date | None) -> int:
        """Return the UID above which a first reading begins: mail since `day`, or only what is to come."""
        with self._problems():
            since = self._client.search(["SINCE", day]) if day else []
            if since:
                return min(since) - 1
            return (self._next_uid or max(self._client.search("ALL"), default=0) + 1) - 1

    def new_uids(self, above: int) -> list[int]:
        """Return the UIDs above the given one, lowest first."""
        with self._problems():
            found = self._client.search(["UID", f"{above + 1}:*"])
        # "7:*" always names the last message, even when its UID is 5 (RFC 3501, 6.4.8).
        return sorted(uid for uid in found if uid > above)

    def fetch(self, uid: int) -> bytes | None:
        """Return the raw message without marking it read, or None when it is gone. Raises MessageRefused."""
        with self._problems(MessageRefused):
            answer = self._client.fetch([uid], ["BODY.PEEK[]"])
        raw = answer.get(uid, {}).get(b"BODY[]")
        return raw if isinstance(raw, bytes) else None

    def larger_uids(self, above: int, size: int) -> set[int]:
        """Return the UIDs above the given one whose messages have more than `size` bytes."""
        with self._problems():
            return set(self._client.search(["UID", f"{above + 1}:*", "LARGER", size]))

    def fetch_head(self, uid: int) -> tuple[bytes, int] | None:
        """Return a message's header lines and its size, or None when it is gone. Raises MessageRefused."""
        with self._problems(MessageRefused):
            answer = self._client.fetch([uid], ["BODY.PEEK[HEADER]", "RFC822.SIZE"]).get(uid, {})
        head = answer.get(b"BODY[HEADER]")
        return (head, int(answer.get(b"RFC822.SIZE", 0))) if isinstance(head, bytes) else None

    def heads(self) -> Iterator[tuple[int, bytes, datetime]]:
        """Yield UID, the header fields that order and thread letters, and when it came, of every message."""
        with self._problems():
            uids = sorted(self._client.search("ALL"))
        for start in range(0, len(uids), HEADS_AT_ONCE):
            with self._problems():
                answer = self._client.fetch(
                    uids[start : start + HEADS_AT_ONCE], [THREAD_FIELDS, "INTERNALDATE"]
                )
            for uid, parts in sorted(answer.items()):
                head = next((value for name, value in parts.items() if name.startswith(b"BODY[")), b"")
                yield uid, head, parts[b"INTERNALDATE"].astimezone(UTC)

    def sent_folder(self) -> str:
        """Return the folder of sent letters, as the server marks it (RFC 6154); `""` when it marks none."""
        with self._problems():
            return str(self._client.find_special_folder(b"\\Sent") or "")

    def mark_handled(self, uid: int) -> None:
        """Flag the message or move it aside, as set; harmless when done twice. Raises MarkingRefused."""
        with self._problems(MarkingRefused):
            if self.account.handled == "move":
                self._move(uid)
            else:
                self._flag(uid)

    def wait_for_news(self, seconds: float, stop: threading.Event) -> None:
        """Return when mail may have come (IDLE), after `seconds`, or within a second of `stop`."""
        if not self._client.has_capability("IDLE"):
            stop.wait(seconds)
            return
        with self._problems():
            self._client.idle()
            has_dropped = self._idle(time.monotonic() + min(seconds, LONGEST_IDLE_SECONDS), stop)
            self._client.idle_done()
            if has_dropped:
                self._client.noop()

    def _idle(self, until: float, stop: threading.Event) -> bool:
        """Look until there is news; return True when the connection looks dead."""
        # The first look only empties the buffer: news may have come in one packet with "+ idling".
        news = self._client.idle_check(timeout=0)
        while not (_tells_of_mail(news) or stop.is_set()):
            began = time.monotonic()
            look_seconds = min(LOOK_SECONDS, until - began)
            if look_seconds <= 0:
                break
            news = self._client.idle_check(timeout=look_seconds)
            # A dropped connection looks like "no news" and answers at once, for ever.
            if not news and time.monotonic() - began < look_seconds / 2:
                return True
        return False

    def _connect(self) -> IMAPClient:
        account = self.account
        context = None if account.security == "none" else tls_context(account.ca_file)
        client = _Client(
            account.host,
            account.port,
            ssl=account.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(account.timeout_seconds, account.timeout_seconds),
        )
        # imaplib writes a command in pieces, and each would wait 40 ms for the answer to the last.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if account.security == "starttls":
            self._encrypt(client, context)
        return client

    def _encrypt(self, client: IMAPClient, context: ssl.SSLContext | None) -> None:
        try:
            client.starttls(context)
        except BaseException as error:
            with suppress(OSError):
                client.shutdown()
            if isinstance(error, CapabilityError):
                raise EncryptionNotOffered(self.account.server, safe=SAFE) from error
            raise

    def _sign_in(self) -> None:
        with self._problems():
            try:
                if self.account.access:
                    self._offer_token(self.account.access)
                else:
                    self._offer_password()
            except LoginError as error:
                raise self._sign_in_problem(error) from error

    def _offer_token(self, access: Access) -> None:
        token = access()
        try:
            self._client.oauth2_login(self.account.user, token)
        except LoginError:
            # A leave may be taken back before its token runs out: a new one is asked for, once.
            self._client.oauth2_login(self.account.user, access(refused=token))

    def _offer_password(self) -> None:
        user, password = self.account.user, self.account.password
        # LOGIN knows printable ASCII only; in PLAIN the password cannot break out of its line.
        if f"{user}{password}".isascii() and f"{user}{password}".isprintable():
            self._client.login(user, password)
        else:
            self._client.plain_login(user, password)

    def _sign_in_problem(self, error: LoginError) -> MailServerProblem:
        words = _words(error)
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            return ConnectionLost(self.account.server, words=words, safe=SAFE)
        kind: type[MailServerProblem] = TokenRefused if self.account.access else WrongPassword
        if "PRIVACYREQUIRED" in words or self._client.has_capability("LOGINDISABLED"):
            kind = EncryptionRequired
        elif "UNAVAILABLE" in words or "INUSE" in words:
            kind = RefusedByServer
        return kind(self.account.server, words=words, safe=SAFE)

    def _open_folder(self) -> None:
        with self._problems(FolderMissing):
            state: dict[bytes, Any] = self._client.select_folder(
                self.account.folder, readonly=self.account.is_read_only
            )
        self.uidvalidity = int(state.get(b"UIDVALIDITY", 0))
        self._next_uid = state.get(b"UIDNEXT")
        self._flags = tuple(state.get(b"PERMANENTFLAGS", ()))

    def _make_done_folder(self) -> None:
        with self._problems(MarkingRefused):
            self._done_folder = self._own_name(self.account.handled_folder)
            if not self._client.folder_exists(self._done_folder):
                self._client.create_folder(self._done_folder)
                self._client.subscribe_folder(self._done_folder)

    def _own_name(self, folder: str) -> str:
        """Write "Harken/done" as this server does, perhaps as "INBOX.Harken.done"."""
        personal = self._client.namespace().personal if self._client.has_capability("NAMESPACE") else ()
        prefix, delimiter = personal[0] if personal else ("", "/")
        name = folder.replace("/", delimiter or "/")
        return name if name.startswith(prefix) else f"{prefix}{name}"

    def _move(self, uid: int) -> None:
        try:
            if self._client.has_capability("MOVE"):
                self._client.move([uid], self._done_folder)
            else:
                self._client.copy([uid], self._done_folder)
                self._flag(uid)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            # Another program that reads this mailbox may have moved it a moment before.
            self._client.noop()
            if self._client.search(["UID", str(uid)]):
                raise

    def _flag(self, uid: int) -> None:
        knows_ours = not self._flags or b"\\*" in self._flags or DONE_FLAG in self._flags
        self._client.add_flags([uid], [SEEN_FLAG, DONE_FLAG] if knows_ours else [SEEN_FLAG], silent=True)

    @contextmanager
    def _problems(self, refusal: type[MailServerProblem] = RefusedByServer) -> Iterator[None]:
        """Turn what goes wrong in the block into ours; `refusal` is what a plain NO means there."""
        server = self.account.server
        try:
            yield
        except imaplib.IMAP4.abort as error:
            words = _words(error)
            is_stranger = not self.uidvalidity and "unexpected response" in words
            raise (NotAnImapServer if is_stranger else ConnectionLost)(
                server, words=words, safe=SAFE
            ) from error
        except imaplib.IMAP4.error as error:
            raise refusal(server, words=_words(error), safe=SAFE) from error
        except OSError as error:
            raise problem_from(error, server, SAFE) from error

    def _hang_up(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._client.shutdown()


class _Client(IMAPClient):
    """IMAPClient whose first look in every IDLE reads what is already here, where poll() cannot see it."""

    _has_looked = False

    def idle(self) -> None:
        self._has_looked = False
        super().idle()

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> Any:
        if not self._has_looked:
            self._has_looked = True
            return True
        return super()._poll_socket(sock, timeout)


def _tells_of_mail(news: list[Any]) -> bool:
    return any(len(each) > 1 and each[1] in (b"EXISTS", b"RECENT") for each in news)


def _words(error: Exception) -> str:
    # imaplib hands on the server's bytes as their repr: "b'[ALERT] …'".
    said = str(error.args[0]) if error.args else ""
    return re.sub(r"b(['\"])(.*?)\1", r"\2", said)

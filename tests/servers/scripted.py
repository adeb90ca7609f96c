"""A small IMAP server on loopback that fails at the step it is told to, and then works again.

    with ScriptedImap({1: b"From: …"}) as server:
        server.fail("FETCH", DROP_IN_LITERAL)        # the next FETCH only; times=3 for three of them
        server.fail("STORE", "NO [NOPERM] Read-only folder")
        account = server.account(timeout_seconds=1)
        server.letters[2] = b"…"; server.flags[1]; server.uidvalidity = 7; server.seen   # commands so far

A fault is an answer ("NO …", "BAD …", "BYE …"), HANG_UP, SILENCE or DROP_IN_LITERAL; the step is the
command's name (of `UID FETCH`: FETCH), or CONNECT.
"""

import re
import select
import socket
import socketserver
import threading
from collections import defaultdict, deque
from typing import Any, Self

from harken.channels.email.imap import ImapAccount

HANG_UP = "hang up"
SILENCE = "silence"
DROP_IN_LITERAL = "drop in literal"


class ScriptedImap(socketserver.ThreadingTCPServer):
    """A running server; a context manager. It speaks no TLS and takes any password."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, letters: dict[int, bytes] | None = None, capabilities: str = "IMAP4rev1 IDLE") -> None:
        super().__init__(("127.0.0.1", 0), _Line)
        self.letters = dict(letters or {})
        self.flags: dict[int, set[str]] = defaultdict(set)
        self.uidvalidity = 1
        self.capabilities = capabilities
        self.seen: list[str] = []
        self.closing = threading.Event()
        self._faults: dict[str, deque[str]] = defaultdict(deque)
        self._lines: set[socket.socket] = set()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def account(self, **changes: Any) -> ImapAccount:
        """Return the settings with which Harken reads this server."""
        settings: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "security": "none",
            "user": "ann",
            "password": "open-sesame",
            "timeout_seconds": 10,
        }
        return ImapAccount(**settings | changes)

    def append(self, raw: bytes) -> None:
        """Let a letter arrive."""
        self.letters[max(self.letters, default=0) + 1] = raw

    def fail(self, step: str, fault: str, times: int = 1) -> None:
        """Answer the next `times` of this command with the fault."""
        self._faults[step].extend([fault] * times)

    def forgive(self, step: str) -> None:
        """Forget the faults that were still to come at this step."""
        self._faults[step].clear()

    @property
    def is_well(self) -> bool:
        """Whether no fault is still to come."""
        return not any(self._faults.values())

    def hang_up_on_all(self) -> None:
        """Break every connection, as a router does."""
        for line in list(self._lines):
            line.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what the tests are about."""

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        self._lines.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection."""
        self._lines.discard(request)
        super().shutdown_request(request)

    def next_fault(self, step: str) -> str:
        """Take the fault that is due at this step, "" when none is; called by the server's threads."""
        self.seen.append(step)
        return self._faults[step].popleft() if self._faults[step] else ""


class _Line(socketserver.StreamRequestHandler):
    """One connection: reads commands, answers them from the server's letters."""

    server: ScriptedImap
    disable_nagle_algorithm = True

    def handle(self) -> None:
        fault = self.server.next_fault("CONNECT")
        if fault:
            self._fall(fault)
            return
        self._say("* OK ready")
        for line in self.rfile:
            tag, _space, rest = line.decode().strip().partition(" ")
            name, _space, arguments = rest.removeprefix("UID ").partition(" ")
            fault = self.server.next_fault(name.upper())
            if fault and not fault.startswith(("NO", "BAD")):
                self._fall(fault)
                return
            if not fault:
                getattr(self, f"_{name.lower()}", self._nothing)(arguments)
            self._say(f"{tag} {fault or 'OK done'}")

    def _fall(self, fault: str) -> None:
        if fault == SILENCE:
            self.server.closing.wait(60)
        elif fault == DROP_IN_LITERAL:
            self.wfile.write(b"* 1 FETCH (UID 1 BODY[] {5000}\r\nFrom: half a letter")
        elif fault != HANG_UP:
            self._say(f"* {fault}")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _nothing(self, _arguments: str) -> None:
        pass

    def _capability(self, _arguments: str) -> None:
        self._say(f"* CAPABILITY {self.server.capabilities}")

    def _select(self, _folder: str) -> None:
        self._say(f"* {len(self.server.letters)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self.server.uidvalidity}] numbered")
        self._say(f"* OK [UIDNEXT {max(self.server.letters, default=0) + 1}] next")
        self._say("* OK [PERMANENTFLAGS (\\Seen \\*)] may be kept")

    def _search(self, criteria: str) -> None:
        above = re.search(r"UID (\d+):\*", criteria)
        least = int(above[1]) if above else 0
        # "9:*" names the last letter too, whatever its UID is.
        found = [uid for uid in self.server.letters if uid >= least or uid == max(self.server.letters)]
        if larger := re.search(r"LARGER (\d+)", criteria):
            found = [uid for uid in found if len(self.server.letters[uid]) > int(larger[1])]
        self._say(f"* SEARCH {' '.join(map(str, found))}".strip())

    def _fetch(self, arguments: str) -> None:
        uid = int(arguments.split()[0])
        if uid in self.server.letters:
            raw = self.server.letters[uid]
            self.wfile.write(b"* 1 FETCH (UID %d BODY[] {%d}\r\n%s)\r\n" % (uid, len(raw), raw))

    def _store(self, arguments: str) -> None:
        uid, _how, flags = arguments.split(" ", 2)
        self.server.flags[int(uid)] |= set(flags.strip("()").split())

    def _idle(self, _arguments: str) -> None:
        self._say("+ idling")
        known = len(self.server.letters)
        while not select.select([self.connection], [], [], 0.02)[0] and not self.server.closing.is_set():
            if len(self.server.letters) != known:
                known = len(self.server.letters)
                self._say(f"* {known} EXISTS")
        self.rfile.readline()

    def _logout(self, _arguments: str) -> None:
        self._say("* BYE")

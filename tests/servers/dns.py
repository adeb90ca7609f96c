"""A real name server on loopback, by UDP and TCP, whose records a test sets.

with DnsServer() as dns:
    settings.HARKEN_DNS = dns.address
    dns.texts["_dmarc.acme.example"] = ["v=DMARC1; p=reject"]
    dns.addresses["mx.acme.example"] = ["192.0.2.1", "2001:db8::1"]
    dns.exchanges["acme.example"] = ["mx.acme.example"]
    dns.failing.add("broken.example")   # SERVFAIL, for the name and all below
    dns.is_silent = True                # answers nothing at all
    dns.asked                           # every question: ("_dmarc.acme.example", "TXT")
"""

import socket
import socketserver
import struct
import threading
from typing import Any, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL_SECONDS = 60
_PIECE = 255


class DnsServer:
    """A running name server; a context manager."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.addresses: dict[str, list[str]] = {}
        self.exchanges: dict[str, list[str]] = {}
        self.failing: set[str] = set()
        self.is_silent = False
        self.asked: list[tuple[str, str]] = []
        self.host, self.port = "127.0.0.1", 0
        self._servers: list[Any] = []

    def __enter__(self) -> Self:
        answer = self._answer

        class OverUdp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                reply = answer(self.request[0], most=512)
                if reply:
                    self.request[1].sendto(reply, self.client_address)

        class OverTcp(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                (length,) = struct.unpack("!H", self.request.recv(2, socket.MSG_WAITALL))
                reply = answer(self.request.recv(length, socket.MSG_WAITALL), most=65_535)
                if reply:
                    self.request.sendall(struct.pack("!H", len(reply)) + reply)

        self._servers = _pair(self.host, OverUdp, OverTcp)
        self.port = self._servers[0].server_address[1]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def address(self) -> str:
        """As HARKEN_DNS wants it."""
        return f"{self.host}:{self.port}"

    def was_asked(self, name: str) -> int:
        """How often somebody asked for a name."""
        return sum(asked == name for asked, _kind in self.asked)

    def _answer(self, wire: bytes, most: int) -> bytes | None:
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if self.is_silent:
            return None
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        if any(name == each or name.endswith(f".{each}") for each in self.failing):
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif not self._knows(name):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        records = self._records(name, kind) if reply.rcode() == dns.rcode.NOERROR else []
        if records:
            reply.answer.append(dns.rrset.from_text(question.name, TTL_SECONDS, "IN", kind, *records))
        return _cut(reply, most)

    def _knows(self, name: str) -> bool:
        known = [*self.texts, *self.addresses, *self.exchanges]
        return any(each == name or each.endswith(f".{name}") for each in known)

    def _records(self, name: str, kind: str) -> list[str]:
        if kind == "TXT":
            return [_quoted(text) for text in self.texts.get(name, [])]
        if kind in ("A", "AAAA"):
            return [each for each in self.addresses.get(name, []) if (":" in each) == (kind == "AAAA")]
        if kind == "MX":
            return [f"{10 + at} {host}." for at, host in enumerate(self.exchanges.get(name, []))]
        return []


def _pair(host: str, over_udp: Any, over_tcp: Any) -> list[Any]:
    """Two servers on one port, which must be free for both."""
    while True:
        tcp = socketserver.ThreadingTCPServer((host, 0), over_tcp)
        try:
            udp = socketserver.ThreadingUDPServer(tcp.server_address, over_udp)
        except OSError:
            tcp.server_close()
        else:
            return [udp, tcp]


def _quoted(text: str) -> str:
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)] or [""]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


def _cut(reply: dns.message.Message, most: int) -> bytes:
    wire = reply.to_wire(max_size=65_535)
    if len(wire) <= most:
        return wire
    # The asker comes again by TCP.
    reply.answer.clear()
    reply.flags |= dns.flags.TC
    return reply.to_wire()

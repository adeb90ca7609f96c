"""Django's WSGI side under an ASGI server, in a way that no slow client ever holds a thread.

A thread is the scarce thing here (each has its own database connection), and it works at the speed of this
machine only: the request is read whole before a thread sees it, and the answer is handed over whole, from
memory, from a temporary file or from the file itself, before it travels. Endless answers do not belong here
but into `/live`.
"""

import asyncio
import contextvars
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import IO, Any, NamedTuple

from harken.lib.asgi import Receive, Scope, Send, refuse

WsgiApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_MEMORY_BYTES = 1024 * 1024
PIECE_BYTES = 128 * 1024


class NotTaken(Exception):
    """The request is refused before a thread sees it."""

    def __init__(self, status: int, words: str) -> None:
        self.status = status
        self.words = words


class Gone(Exception):
    """The client left before its request was complete."""


class Answer(NamedTuple):
    """What the WSGI application answered, complete: `body` is at its beginning and belongs to the receiver."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | IO[bytes]


class FileAnswer:
    """What WSGI calls a file wrapper: a file that the application wants to be sent as it is (PEP 3333)."""

    def __init__(self, file: Any, block_size: int = PIECE_BYTES) -> None:
        self.file = file
        self.close = getattr(file, "close", lambda: None)

    def __iter__(self) -> "FileAnswer":
        return self

    def __next__(self) -> bytes:
        if piece := self.file.read(PIECE_BYTES):
            return bytes(piece)
        raise StopIteration


class Bridge:
    """An ASGI application that runs a WSGI application in at most `threads` threads.

    `most_waiting` requests wait for a thread; those beyond it are refused with 503, because an answer after a
    minute helps nobody.
    """

    def __init__(
        self, application: WsgiApplication, *, threads: int, most_bytes: int, most_waiting: int = 500
    ) -> None:
        self._application = application
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="desk")
        self._most_bytes = most_bytes
        self._most_waiting = most_waiting
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._asked(scope, receive)
        except NotTaken as refusal:
            await refuse(send, refusal.status, refusal.words)
        except Gone:
            return
        else:
            await _send(answer, send)

    def stop(self) -> None:
        """Take no more work; what runs already is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _asked(self, scope: Scope, receive: Receive) -> Answer:
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body:
            await _fill(body, scope, receive, self._most_bytes)
            return await self._in_thread(_environ(scope, body))

    async def _in_thread(self, environ: dict[str, Any]) -> Answer:
        # A context of its own: what one request sets (its workspace, its language) never reaches the next.
        context = contextvars.copy_context()
        if self._waiting >= self._most_waiting:
            raise NotTaken(503, "Too many requests wait already. Try again in a moment.")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, context.run, _answer, self._application, environ)
        finally:
            self._waiting -= 1


async def _fill(body: IO[bytes], scope: Scope, receive: Receive, most_bytes: int) -> None:
    """Read the whole request; `body` stays in memory while it is small."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    size, has_more = 0, True
    _check_size(int(declared), most_bytes)
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        piece, has_more = message.get("body", b""), message.get("more_body", False)
        size += len(piece)
        _check_size(size, most_bytes)
        await _write(body, piece, size)


def _check_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise NotTaken(413, f"More than {most_bytes // 1_000_000} MB cannot be taken at once.")


async def _write(body: IO[bytes], piece: bytes, size: int) -> None:
    if size <= IN_MEMORY_BYTES:
        body.write(piece)
    else:
        await asyncio.to_thread(body.write, piece)


def _environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileAnswer,
    }
    return environ | _header_variables(scope["headers"], body)


def _header_variables(headers: Iterable[tuple[bytes, bytes]], body: IO[bytes]) -> dict[str, str]:
    variables: dict[str, str] = {}
    for name, value in headers:
        # X_Forwarded_For would become the same variable as X-Forwarded-For, past every proxy that cleans the latter.
        if b"_" not in name:
            key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
            text = value.decode("latin-1")
            between = "; " if name == b"cookie" else ","
            variables[key] = f"{variables[key]}{between}{text}" if key in variables else text
    variables["CONTENT_TYPE"] = variables.pop("HTTP_CONTENT_TYPE", "")
    # What was read, also of a chunked request, which announces no length and which Django would take as empty.
    variables["CONTENT_LENGTH"] = str(_size(body))
    variables.pop("HTTP_CONTENT_LENGTH", None)
    variables.pop("HTTP_TRANSFER_ENCODING", None)
    return variables


def _size(body: IO[bytes]) -> int:
    size = body.seek(0, os.SEEK_END)
    body.seek(0)
    return size


def _answer(application: WsgiApplication, environ: dict[str, Any]) -> Answer:
    """Run the application, in a thread, from the first byte to its `close`."""
    started: list[Any] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[..., Any]:
        started[:] = (
            int(status[:3]),
            # Django's cookies begin with a blank, which no header may (RFC 9110, 5.5).
            [(name.lower().encode("latin-1"), text.strip().encode("latin-1")) for name, text in headers],
        )
        return _no_write

    result = application(environ, start_response)
    try:
        body = _same_file(result) or _collected(result)
    finally:
        getattr(result, "close", lambda: None)()
    return Answer(started[0], started[1], body)


def _no_write(_: bytes) -> None:
    raise NotImplementedError("the write callable of old WSGI servers is not offered")


def _same_file(result: Any) -> IO[bytes] | None:
    """The large file on disk behind an answer, opened for itself, so that the application may close its own."""
    file = getattr(result.file, "file", result.file) if isinstance(result, FileAnswer) else None
    if not isinstance(file, io.BufferedReader) or not isinstance(file.raw, io.FileIO):
        return None
    position = file.tell()
    if os.fstat(file.fileno()).st_size - position <= IN_MEMORY_BYTES:
        return None
    copy = os.fdopen(os.dup(file.fileno()), "rb", buffering=0)
    copy.seek(position)
    return copy


def _collected(result: Iterable[bytes]) -> bytes | IO[bytes]:
    pieces, size = [], 0
    iterator = iter(result)
    for piece in iterator:
        pieces.append(piece)
        size += len(piece)
        if size > IN_MEMORY_BYTES:
            return _on_disk(pieces, iterator)
    return b"".join(pieces)


def _on_disk(pieces: Iterable[bytes], more: Iterable[bytes]) -> IO[bytes]:
    with ExitStack() as on_failure:
        file = on_failure.enter_context(tempfile.TemporaryFile())
        file.writelines(pieces)
        file.writelines(more)
        file.seek(0)
        on_failure.pop_all()
    return file


async def _send(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    if isinstance(answer.body, bytes):
        await send({"type": "http.response.body", "body": answer.body})
        return
    with answer.body as file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})

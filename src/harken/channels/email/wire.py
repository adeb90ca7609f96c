"""What the reading process and its parent say to each other: a length, JSON, then the bytes of the files.

No pickle: the process that reads foreign mail must not be able to run anything in the one that asked.
"""

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, BinaryIO

from harken.channels.contract import Address, Incoming, IncomingFile, Invitation, Unread, Unreadable

MAX_MESSAGE = 1 << 30

_LENGTH = struct.Struct(">Q")
_PEOPLE = ("to", "cc", "reply_to")
_ABOUT_FILE = ("name", "media_type", "content_id", "inline", "declared_name")


class Broken(Exception):
    """The other side does not keep to the form."""


def request(raw: bytes) -> tuple[bytes, bytes]:
    """Return what asks for one mail to be read: its length, and the mail itself."""
    return _LENGTH.pack(len(raw)), raw


def read_request(stream: BinaryIO) -> bytes | None:
    """Return the next mail to read, None when nobody asks any more."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    return stream.read(_LENGTH.unpack(head)[0])


def write_answer(stream: BinaryIO, answer: Incoming | Unreadable) -> None:
    """Write one answer and flush it."""
    files = answer.files if isinstance(answer, Incoming) else ()
    head = json.dumps(_described(answer), ensure_ascii=False).encode()
    stream.write(_LENGTH.pack(len(head)))
    stream.write(head)
    for file in files:
        stream.write(file.content)
    stream.flush()


def read_answer(take: Callable[[int], bytes]) -> Incoming | Unreadable:
    """Read one answer; `take(n)` returns exactly n bytes. Raises Broken."""
    try:
        described = json.loads(take(_checked(_LENGTH.unpack(take(_LENGTH.size))[0])))
        if "why" in described:
            why, most, detail = Unread(described["why"]), int(described["most"]), str(described["detail"])
            return Unreadable(why, most, detail=detail)
        return _incoming(described, take)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Broken(str(error)) from error


def _checked(length: int) -> int:
    if length > MAX_MESSAGE:
        raise Broken(f"{length} bytes announced")
    return length


def _described(answer: Incoming | Unreadable) -> dict[str, Any]:
    if isinstance(answer, Unreadable):
        return {"why": answer.why, "most": answer.most, "detail": answer.detail}
    described = {field.name: getattr(answer, field.name) for field in fields(Incoming)}
    described["sender"] = _person(answer.sender)
    for name in _PEOPLE:
        described[name] = [_person(person) for person in described[name]]
    described["sent_at"] = answer.sent_at.isoformat() if answer.sent_at else None
    described["invitation"] = asdict(answer.invitation) if answer.invitation else None
    described["files"] = [_about(file) for file in answer.files]
    return described


def _about(file: IncomingFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in _ABOUT_FILE} | {"size": len(file.content)}


def _person(person: Address) -> list[str]:
    return [person.email, person.name]


def _incoming(described: dict[str, Any], take: Callable[[int], bytes]) -> Incoming:
    values: dict[str, Any] = {field.name: described[field.name] for field in fields(Incoming)}
    values["sender"] = Address(*described["sender"])
    for name in _PEOPLE:
        values[name] = tuple(Address(*person) for person in described[name])
    values["sent_at"] = datetime.fromisoformat(described["sent_at"]) if described["sent_at"] else None
    values["invitation"] = Invitation(**described["invitation"]) if described["invitation"] else None
    values["files"] = tuple(_file(file, take) for file in described["files"])
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Incoming(**(values | lists))


def _file(described: Mapping[str, Any], take: Callable[[int], bytes]) -> IncomingFile:
    content = take(_checked(int(described["size"])))
    return IncomingFile(content=content, **{name: described[name] for name in _ABOUT_FILE})

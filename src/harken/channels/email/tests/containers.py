"""Containers for tests, built byte by byte: Outlook's winmail.dat and its properties."""

import struct

TEXT, UNICODE, BINARY, MOMENT, OBJECT = 30, 31, 258, 64, 13
APPOINTMENT = bytes.fromhex("0220060000000000c000000000000046")


def make_property(name: int, kind: int, value: bytes, own_set: bytes = b"") -> bytes:
    """Return one MAPI property; `own_set` makes it a named one of that set."""
    head = struct.pack("<HH", kind, 0x8001 if own_set else name)
    head += own_set + struct.pack("<II", 0, name) if own_set else b""
    if kind == MOMENT:
        return head + value
    return head + struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)


def make_properties(*properties: bytes) -> bytes:
    """Return a block of properties."""
    return struct.pack("<I", len(properties)) + b"".join(properties)


def make_attribute(level: int, name: int, value: bytes) -> bytes:
    """Return one attribute with its checksum."""
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) % 65536)


def make_tnef(*properties: bytes, files: tuple[bytes, ...] = (), attributes: bytes = b"") -> bytes:
    """Return a whole container in code page 1252; `files` come from `make_tnef_file`."""
    return (
        b"\x78\x9f\x3e\x22\x01\x00"
        + make_attribute(1, 0x89006, struct.pack("<I", 0x10000))
        + make_attribute(1, 0x69007, struct.pack("<II", 1252, 0))
        + attributes
        + make_attribute(1, 0x69003, make_properties(*properties))
        + b"".join(files)
    )


def make_tnef_file(name: str, content: bytes, *properties: bytes) -> bytes:
    """Return the attributes of one file: a short name of DOS, the long one, the content."""
    long_name = make_property(0x3707, UNICODE, f"{name}\0".encode("utf-16-le"))
    return (
        make_attribute(2, 0x69002, b"\x01\x00" + b"\xff" * 12)
        + make_attribute(2, 0x18010, b"SHORT~1.TXT\0")
        + (make_attribute(2, 0x6800F, content) if content else b"")
        + make_attribute(2, 0x69005, make_properties(long_name, *properties))
    )


def make_stored_rtf(rtf: bytes) -> bytes:
    """Return RTF as an uncompressed RTF property."""
    return struct.pack("<III", len(rtf) + 12, len(rtf), 0x414C454D) + b"\0\0\0\0" + rtf

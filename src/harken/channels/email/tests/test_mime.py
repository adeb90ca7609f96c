"""A mail taken apart, whole or broken."""

import time

import pytest

from harken.channels.email.mime import (
    MAX_DEPTH,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_PARTS,
    LimitReached,
    split,
)
from harken.channels.email.tests.mails import make_mail, make_parts


def test_parts_are_found_between_their_boundaries():
    root = split(make_parts("\none", "Content-Type: text/html\n\n<p>two"))

    assert [part.media_type for part in root.parts] == ["text/plain", "text/html"]
    assert [part.content for part in root.parts] == [b"one", b"<p>two"]


def test_a_boundary_that_begins_like_another_is_not_that_other():
    inner = "Content-Type: multipart/mixed; boundary=frontier-2\n\n--frontier-2\n\ninside\n--frontier-2--"

    root = split(make_parts(inner, "\noutside"))

    assert [part.content for part in root.parts[0].parts] == [b"inside"]
    assert root.parts[1].content == b"outside"


def test_the_mark_of_utf_8_is_no_part_of_the_first_header():
    assert split(b"\xef\xbb\xbf" + make_mail()).headers.text("from") == "Ann <ann@example.com>"


def test_a_last_boundary_may_be_missing():
    root = split(make_mail("--x\n\none\n--x\n\ntwo", content_type="multipart/mixed; boundary=x"))

    assert [part.content for part in root.parts] == [b"one", b"two"]


def test_a_boundary_nobody_declared_is_seen_in_the_body():
    root = split(make_mail("--x\nContent-Type: text/plain\n\none\n--x--", content_type="multipart/mixed"))

    assert [part.content for part in root.parts] == [b"one"]


def test_an_enclosed_mail_keeps_its_bytes():
    enclosed = "From: Mallory <mallory@example.org>\nSubject:  odd   spaces\n\nHi \n"

    root = split(make_parts(f"Content-Type: message/rfc822\n\n{enclosed}"))

    assert root.parts[0].parts[0].raw == enclosed.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_is_one(line_end: bytes):
    root = split(make_parts("\none", "\ntwo").replace(b"\r\n", line_end))

    assert [part.content for part in root.parts] == [b"one", b"two"]


def test_a_stray_line_between_headers_does_not_end_them():
    root = split(b"Subject: one\nthis line lost its indentation\nFrom: ann@example.com\n\nbody")

    assert root.headers.text("from") == "ann@example.com"


def test_mail_without_headers_is_all_body():
    assert split(b"just words\nand more").content == b"just words\nand more"


def test_the_mark_of_a_mailbox_file_is_no_header():
    assert split(b"From ann@example.com Mon Nov 23\nSubject: one\n\nbody").headers.text("subject") == "one"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (
            make_mail("--x\n\n" * (MAX_PARTS + 2), content_type="multipart/mixed; boundary=x"),
            "too-many-parts: 5000",
        ),
        (b"X: y\n" * (MAX_HEADERS + 1), "too-many-headers: 10000"),
        (b"X: " + b"y" * MAX_HEADER_BYTES + b"\n\n", "head-too-large: 4"),
        (b"Content-Type: message/rfc822\n\n" * 1000, "nested-too-deep: 100"),
        (
            b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(1000)),
            "nested-too-deep: 100",
        ),
    ],
)
def test_what_is_built_to_be_too_much_work_is_refused_quickly(raw: bytes, reason: str):
    begun = time.perf_counter()

    with pytest.raises(LimitReached, match=reason):
        split(raw)

    assert time.perf_counter() - begun < 5


def test_deep_but_lawful_nesting_is_read():
    depth = MAX_DEPTH - 1
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(depth))

    part = split(levels + b"\ninnermost")

    for _ in range(depth):
        (part,) = part.parts
    assert part.content == b"innermost"

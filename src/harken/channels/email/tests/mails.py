"""Raw mails for tests, written by hand: what a mail program sends, line by line."""

DAY = "Mon, 23 Nov 2026 10:11:12 +0300"


def make_mail(body: str | bytes = "Hello", /, **headers: str | bytes | None) -> bytes:
    """Return a letter of Ann's; `content_type` and so on name headers, None leaves one out."""
    everyday: dict[str, str | bytes | None] = {
        "from": "Ann <ann@example.com>",
        "to": "help@acme.example",
        "subject": "The printer",
        "message_id": "<1@example.com>",
        "date": DAY,
    }
    lines = [
        name.replace("_", "-").title().encode() + b": " + _bytes(value) + b"\r\n"
        for name, value in (everyday | headers).items()
        if value is not None
    ]
    return b"".join(lines) + b"\r\n" + _bytes(body)


def make_parts(*parts: str | bytes, kind: str = "mixed", **headers: str | bytes | None) -> bytes:
    """Return a multipart letter; each part is its headers, a blank line and its body."""
    body = b"".join(b"--frontier\r\n" + _bytes(part).replace(b"\n", b"\r\n") + b"\r\n" for part in parts)
    return make_mail(
        body + b"--frontier--\r\n", content_type=f'multipart/{kind}; boundary="frontier"', **headers
    )


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()

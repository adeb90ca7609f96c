"""The two bodies of a letter: plain text and HTML, each with the author's signature."""

from html import escape

from harken.tickets.models import Message

SIGNATURE_MARK = "-- "


def text_body(message: Message) -> str:
    """The plain part: what was written, then the signature below its mark (RFC 3676, 4.3)."""
    signature = _signature(message)
    return (
        f"{message.text.rstrip()}\n\n{SIGNATURE_MARK}\n{signature}\n"
        if signature
        else f"{message.text.rstrip()}\n"
    )


def html_body(message: Message) -> str:
    """The HTML part: the author's own, or the plain text in paragraphs."""
    signature = _signature(message)
    body = message.html or paragraphs(message.text)
    return (
        f'{body}<div class="signature">{SIGNATURE_MARK}<br>{_lines(signature)}</div>' if signature else body
    )


def paragraphs(text: str) -> str:
    """Return plain text as safe HTML: blank lines part paragraphs, line ends stay."""
    blocks = [block.strip("\n") for block in text.strip().split("\n\n")]
    return "".join(f"<p>{_lines(block)}</p>" for block in blocks if block)


def _signature(message: Message) -> str:
    return message.author_agent.signature.strip() if message.author_agent else ""


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))

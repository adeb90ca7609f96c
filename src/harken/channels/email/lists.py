"""Mailing lists and bulk mail: people write there too, but nobody who does waits for an acknowledgement."""

from harken.channels.email.headers import Headers, token
from harken.lib import addresses
from harken.lib.text import one_line

LONGEST_SIGN = 200

_OF_LISTS = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-help",
    "x-mailing-list",
    "x-loop",
    "feedback-id",
)
_BULK = {"bulk", "list", "junk"}
_NO_ANSWER = {"all", "autoreply", "oof"}


def bulk_sign(found: Headers) -> str:
    """Return the header by which a letter asks for no automatic answer, `""` when none does."""
    for name in _OF_LISTS:
        if found.text(name):
            return _sign(found, name)
    if token(found.text("precedence")) in _BULK:
        return _sign(found, "precedence")
    wishes = {token(wish) for wish in found.text("x-auto-response-suppress").split(",")}
    return _sign(found, "x-auto-response-suppress") if wishes & _NO_ANSWER else ""


def posting_addresses(found: Headers) -> tuple[str, ...]:
    """Return where a list takes letters for all of its readers: never the place for an answer to one of them."""
    named = [
        addresses.find(found.text(name).replace("mailto:", "")) for name in ("list-post", "x-mailing-list")
    ]
    return tuple(dict.fromkeys(addresses.normalise(each) for each in named if each))


def _sign(found: Headers, name: str) -> str:
    return one_line(f"{name.title()}: {found.text(name)}", LONGEST_SIGN)

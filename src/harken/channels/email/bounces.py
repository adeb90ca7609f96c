"""Delivery failures: which mail came back, and for whom."""

from dataclasses import dataclass

from harken.channels.email.mime import Part


@dataclass(frozen=True, slots=True)
class Failure:
    """The mails that were not delivered and the recipients who did not get them."""

    ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


def failure(root: Part, text: str) -> Failure | None:
    return None

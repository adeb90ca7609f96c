"""Outgoing letters for tests, with everyday defaults."""

from datetime import UTC, datetime
from typing import Any

from harken.channels.contract import Address, Outgoing

WRITTEN_AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def make_outgoing(**changes: Any) -> Outgoing:
    """Return Olga's answer to Ann."""
    everyday: dict[str, Any] = {
        "reference": "1.abc@acme.example",
        "sender": Address("help@acme.example", "Acme Help"),
        "recipients": ("ann@example.com",),
        "to": (Address("ann@example.com", "Ann"),),
        "subject": "Re: The printer",
        "text": "Please turn it off and on again.\n\nOlga",
        "written_at": WRITTEN_AT,
    }
    return Outgoing(**everyday | changes)

"""The named steps of the mail path, and the point of failure that tests set after any one of them."""

import os
from enum import StrEnum

from django.conf import settings

KILLED = 137


class Step(StrEnum):
    """Moments at which a process may die; after each, the next start must neither lose nor double anything."""

    RAW_WRITTEN = "raw-written"
    ARRIVAL_STORED = "arrival-stored"
    ARRIVAL_TAKEN = "arrival-taken"
    MAIL_READ = "mail-read"
    TICKET_MADE = "ticket-made"
    ARRIVAL_SETTLED = "arrival-settled"
    DELIVERIES_QUEUED = "deliveries-queued"
    DELIVERY_CLAIMED = "delivery-claimed"
    MAIL_HANDING_OVER = "mail-handing-over"
    MAIL_HANDED_OVER = "mail-handed-over"
    DELIVERY_MARKED = "delivery-marked"
    HANDLED_AT_SOURCE = "handled-at-source"


def passed(step: Step) -> None:
    """Die here, as by kill -9, when `HARKEN_FAIL_AT` names this step. For tests alone."""
    if step == settings.HARKEN_FAIL_AT:
        os._exit(KILLED)

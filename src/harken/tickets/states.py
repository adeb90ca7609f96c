"""The states of a ticket: whose turn it is, and whether it is done."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    OPEN = "open", _("open")
    WAITING = "waiting", _("waiting for them")
    SET_ASIDE = "set_aside", _("set aside")
    ACCEPTED = "accepted", _("accepted")
    CLOSED = "closed", _("closed")
    CLOSED_UNSUCCESSFULLY = "closed_unsuccessfully", _("closed without success")
    SPAM = "spam", _("spam")
    MERGED = "merged", _("merged")


ONGOING_STATES = (State.OPEN, State.WAITING, State.SET_ASIDE, State.ACCEPTED)
CLOSED_STATES = (State.CLOSED, State.CLOSED_UNSUCCESSFULLY)

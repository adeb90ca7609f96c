"""What can go wrong with a workspace itself, worded for its owner."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class WorkspacesError(Exception):
    """Something about a workspace was refused."""

    sentence: str | Promise = ""


class AddressTaken(WorkspacesError):
    """Another workspace has this address, or had it and is still found by it."""

    sentence = _("This address is taken. Nothing was changed. Choose another.")

"""What can go wrong at the door, worded for the person who stands before it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AgentsError(Exception):
    """Something about people and their way in was refused."""

    sentence: str | Promise = ""


class LastOwner(AgentsError):
    """A workspace without an owner could never invite anybody again."""

    sentence = _(
        "This is the only owner of the workspace. Nothing was changed. Make another colleague an owner first."
    )


class AlreadyHere(AgentsError):
    """An invitation to somebody who is in the workspace."""

    sentence = _("This address belongs to a colleague who is already here. No invitation was sent.")


class LinkGone(AgentsError):
    """A one-time link that opens nothing (any more): `title` and `sentence` make its page."""

    status = 410
    title: str | Promise = ""


class LinkUnknown(LinkGone):
    """No such link was ever given out, or it was taken back, or a newer one replaced it."""

    status = 404
    title = _("This link is not known here")
    sentence = _(
        "It may be cut off at a line end, taken back, or replaced by a newer one. Nothing was changed. "
        "Copy the whole link from the mail, or ask for a new one."
    )


class LinkUsed(LinkGone):
    """A one-time link, the second time."""

    title = _("This link has been used")
    sentence = _(
        "A link works once. If it was you, nothing is wrong: ask for a new one. "
        "If it was not you, somebody else can read your mail: change its password, then ask for a new link."
    )


class LinkExpired(LinkGone):
    """A one-time link, too late."""

    title = _("This link is too old")
    sentence = _(
        "Links work for a limited time, so that an old mail opens nothing. Nothing was changed. Ask for a new one."
    )

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


class SignInRefused(AgentsError):
    """A workspace's own provider did not open its door; `title` and `sentence` make the page."""

    status = 403
    title: str | Promise = _("You are not signed in")


class ProviderAway(SignInRefused):
    """The provider cannot be reached, or answers what no provider answers."""

    status = 502
    sentence = _(
        "The sign-in service of this workspace did not answer as it should. Nothing is wrong with your account. "
        "Try again in a minute, or sign in with a link."
    )


class SignInOutdated(SignInRefused):
    """An answer to a question that this browser did not ask, or asked too long ago, or has had answered."""

    status = 410
    sentence = _(
        "This sign-in was begun too long ago, in another browser, or has been used. Nothing was changed. Begin again."
    )


class ProviderSaidNo(SignInRefused):
    """The person, or the provider, did not want to."""

    sentence = _("The sign-in service said no. Nothing was changed. Begin again, or sign in with a link.")


class AnswerUnproven(SignInRefused):
    """Signature, audience, time or nonce do not fit."""

    sentence = _(
        "What the sign-in service answered could not be proved, so nobody was signed in. Begin again. "
        "If it stays so, show an owner this page: the log says what did not fit."
    )


class AddressUnverified(SignInRefused):
    """The provider does not say that the address is this person's."""

    sentence = _(
        "The sign-in service does not vouch for your mail address, so you were not let in under it. "
        "Have the address verified there, or sign in with a link."
    )


class NotInvited(SignInRefused):
    """Proved, and nobody here."""

    sentence = _("Nobody with your address is a colleague here. Ask an owner of the workspace to invite you.")


class LinkedToSomebodyElse(SignInRefused):
    """The address has been another person's at the same provider."""

    sentence = _(
        "Your address belongs to a colleague who signs in with another account of the same service. "
        "An owner of the workspace can unlink that account on the page of colleagues."
    )

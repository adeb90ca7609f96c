"""Signing in by a link that was mailed, or printed by the person who runs the installation."""

from django.db import transaction

from harken.agents import links
from harken.agents.errors import LinkUnknown
from harken.agents.models import OneTimeLink, User


@transaction.atomic
def sign_in_by_link(secret: str) -> User:
    """Use the link up and return whom it signs in; who holds it reads the address's mail. Raises LinkGone."""
    user = links.use(secret, OneTimeLink.Purpose.SIGN_IN).user
    if user is None:
        raise LinkUnknown
    user.prove_address()
    return user

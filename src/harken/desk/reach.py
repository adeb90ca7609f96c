"""How the addresses of a person fare, in words: before somebody writes to one that nobody reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from harken.contacts.models import Identity
from harken.lib.addresses import normalise
from harken.lib.text import clean

LONGEST_WORDS = 200


@dataclass(frozen=True)
class Reach:
    """An address, and what is wrong with it: `""` when all is well. `link` opens a mail program or dials."""

    address: str
    trouble: str
    is_dead: bool
    id: int = 0
    kind: str = ""
    link: str = ""
    is_verified: bool = False
    is_preferred: bool = False


def reach_of(identity: Identity) -> Reach:
    """Return an address with its trouble in one sentence."""
    is_phone = identity.kind == Identity.Kind.PHONE
    return Reach(
        str(identity),
        _trouble(identity),
        identity.health == Identity.Health.DEAD,
        id=identity.pk,
        kind=identity.kind,
        link=f"tel:{identity.address}" if is_phone else "",
        is_verified=identity.is_verified,
        is_preferred=identity.is_preferred,
    )


def warnings_for(workspace_id: int, addresses: Iterable[str]) -> list[str]:
    """Return a sentence for each of these addresses that has trouble: to be read before sending."""
    asked = {normalise(clean(address)) for address in addresses if address.strip()}
    known = Identity.objects.filter(workspace_id=workspace_id, kind=Identity.Kind.EMAIL, address__in=asked)
    found = [reach_of(identity) for identity in known.order_by("id")]
    return [f"{reach.address}: {reach.trouble}" for reach in found if reach.trouble]


def _trouble(identity: Identity) -> str:
    words = identity.health_words[:LONGEST_WORDS]
    if identity.health == Identity.Health.DEAD:
        return _("letters come back, because nobody reads this address. Their server said: “%(words)s”.") % {
            "words": words
        }
    if identity.health == Identity.Health.FAILING:
        return _("the last letters to it did not arrive. Their server said: “%(words)s”.") % {"words": words}
    if identity.automatic_mail_stopped == Identity.Stopped.COMPLAINT:
        return _("reported a letter of ours as unwanted and gets no automatic mail; you may write")
    return ""

"""The ways a person is known: adding one, taking it away, saying that it is theirs, using it first."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.errors import AddressTaken, NoAddress
from harken.contacts.models import Contact, Identity
from harken.contacts.models.identity import LONGEST_ADDRESS
from harken.events.record import record
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.lib.phones import normalise_phone
from harken.lib.text import one_line

Kind = Identity.Kind


def kind_and_address(text: str) -> tuple[str, str]:
    """Return what a text is, a mail address or a phone number, in the form it is looked up by. Raises NoAddress."""
    typed = one_line(text, LONGEST_ADDRESS)
    if "@" in typed:
        address = normalise(typed)
        if _is_mail_address(address):
            return Kind.EMAIL, address
    elif number := normalise_phone(typed):
        return Kind.PHONE, number
    raise NoAddress(text=typed)


def owner_of(workspace_id: int, kind: str, address: str) -> Contact | None:
    """Return whom an address leads to."""
    known = Identity.objects.filter(workspace_id=workspace_id, kind=kind, address=address)
    identity = known.select_related("contact").first()
    return identity.contact if identity else None


@transaction.atomic
def add_identity(contact: Contact, text: str, *, by: Agent | None) -> Identity:
    """Let a person be known by one more address; one they have already stays as it is.

    Raises NoAddress, or AddressTaken when it is somebody else's.
    """
    kind, address = kind_and_address(text)
    written = one_line(text, LONGEST_ADDRESS) if kind == Kind.PHONE else ""
    identity = Identity(
        workspace_id=contact.workspace_id, contact=contact, kind=kind, address=address, written=written
    )
    if not rows.insert_new(identity):
        owner = owner_of(contact.workspace_id, kind, address)
        if owner != contact:
            raise AddressTaken(owner, address)
        return Identity.objects.get(contact=contact, kind=kind, address=address)
    record_added(identity, by=by)
    return identity


def record_added(identity: Identity, *, by: Agent | None) -> None:
    """Tell the rooms above that somebody who was there already is known by one more address."""
    known = {"kind": identity.kind, "address": identity.address}
    record("identity.added", identity, by=by, contact=identity.contact_id, **known)


@transaction.atomic
def remove_identity(identity: Identity, *, by: Agent) -> None:
    """Let an address lead to nobody: who writes from it next is a newcomer. What was said stays."""
    known = {"kind": identity.kind, "address": identity.address}
    record("identity.removed", identity, by=by, contact=identity.contact_id, **known)
    identity.delete()


@transaction.atomic
def verify_identity(identity: Identity, *, by: Agent, is_verified: bool = True) -> None:
    """Say that an address is known to be theirs, or take that back; twice changes nothing."""
    if identity.is_verified == is_verified:
        return
    identity.verify(is_verified=is_verified)
    what = "identity.verified" if is_verified else "identity.doubted"
    record(what, identity, by=by, contact=identity.contact_id, address=identity.address)


@transaction.atomic
def prefer_identity(identity: Identity, *, by: Agent) -> None:
    """Use an address first from now on."""
    same_kind = Identity.objects.filter(contact=identity.contact_id, kind=identity.kind)
    same_kind.exclude(pk=identity.pk).update(is_preferred=False)
    identity.is_preferred = True
    identity.save(update_fields=["is_preferred"])
    record("identity.preferred", identity, by=by, contact=identity.contact_id, address=identity.address)


def _is_mail_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True

"""Recognising: from an address to the person behind it."""

from django.db import IntegrityError, transaction

from harken.contacts.models import Company, Contact, Identity
from harken.lib.addresses import domain_of, is_public_provider, normalise
from harken.lib.text import one_line
from harken.workspaces.models import Workspace

# What the column holds; an address may have 320 letters (RFC 5321), nonsense may have more.
LONGEST_ADDRESS = 500
LONGEST_DOMAIN = 253
LONGEST_NAME = 300


def recognise(workspace: Workspace, address: str, name: str = "") -> Identity:
    """Return the identity of a mail address, with its contact; a newcomer is made, with a company by domain.

    A contact without a name takes the one given now; a name that is there is never replaced by a letter's.
    Two letters of one newcomer at once make one contact.
    """
    address, name = normalise(address)[:LONGEST_ADDRESS], one_line(name, LONGEST_NAME)
    identity = _known(workspace, address) or _make(workspace, address, name)
    if name and not identity.contact.name:
        identity.contact.name = name
        identity.contact.save(update_fields=["name", "sort_key"])
    return identity


def _known(workspace: Workspace, address: str) -> Identity | None:
    return Identity.objects.of_mail(workspace, address).select_related("contact").first()


def _make(workspace: Workspace, address: str, name: str) -> Identity:
    try:
        with transaction.atomic():
            contact = Contact.objects.create(
                workspace=workspace, name=name, company=_company(workspace, address)
            )
            return Identity.objects.create(workspace=workspace, contact=contact, address=address)
    except IntegrityError:
        # Somebody else recognised the same address a moment ago: theirs stands, ours was rolled back.
        return Identity.objects.of_mail(workspace, address).select_related("contact").get()


def _company(workspace: Workspace, address: str) -> Company | None:
    domain = domain_of(address)
    # No real domain is longer (RFC 1035, 2.3.4): what is names no company.
    if not domain or len(domain) > LONGEST_DOMAIN or is_public_provider(domain):
        return None
    company, _made = Company.objects.get_or_create(
        workspace=workspace, domain=domain, defaults={"name": domain}
    )
    return company

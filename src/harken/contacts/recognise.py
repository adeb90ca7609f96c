"""Recognising: from an address to the person behind it."""

from collections.abc import Iterable

from django.db import transaction

from harken.contacts.models import Company, Contact, Identity
from harken.contacts.models.company import LONGEST_DOMAIN, LONGEST_NAME
from harken.contacts.models.identity import LONGEST_ADDRESS
from harken.lib import rows
from harken.lib.addresses import domain_of, is_public_provider, normalise
from harken.lib.names import sort_key
from harken.lib.text import one_line
from harken.workspaces.models import Workspace


@transaction.atomic(savepoint=False)
def recognise(workspace: Workspace, address: str, name: str = "") -> Identity:
    """Return the identity of a mail address, with its contact; a newcomer is made, with a company by domain.

    A contact without a name takes the one given now; a name that is there is never replaced by a letter's.
    Two letters of one newcomer at once make one contact.
    """
    address, name = normalise(address)[:LONGEST_ADDRESS], one_line(name, LONGEST_NAME)
    identity = _known(workspace, address) or _make(workspace, address, name)
    if name and not identity.contact.name:
        identity.contact.name, identity.contact.sort_key = name, sort_key(name)
        rows.update(identity.contact, "name", "sort_key")
    return identity


def recognise_all(workspace: Workspace, addresses: Iterable[str]) -> None:
    """Make the newcomers among some people, in the one order that everybody keeps to.

    Two who meet the same newcomers at once wait for each other's; in any other order they might wait for ever.
    For the same reason it comes before the lock of a ticket.
    """
    for address in in_order(addresses):
        recognise(workspace, address)


def in_order(addresses: Iterable[str]) -> list[str]:
    """Return addresses once each, in the order in which newcomers are made: by domain, as companies are, then whole."""
    return sorted(set(addresses), key=lambda address: (domain_of(address), address))


def _known(workspace: Workspace, address: str) -> Identity | None:
    of_mail = [workspace.pk, Identity.Kind.EMAIL, address]
    identity = rows.first(Identity, "workspace_id = %s AND kind = %s AND address = %s", of_mail)
    if identity:
        identity.workspace, identity.contact = workspace, rows.only(Contact, identity.contact_id)
    return identity


def _make(workspace: Workspace, address: str, name: str) -> Identity:
    company = company_for(workspace, address)
    contact = Contact(workspace=workspace, name=name, sort_key=sort_key(name), company=company)
    rows.insert(contact)
    identity = Identity(workspace=workspace, contact=contact, address=address)
    if rows.insert_new(identity):
        return identity
    # Somebody else recognised the same address a moment ago: theirs stands.
    contact.delete()
    return _known(workspace, address) or _make(workspace, address, name)


def company_for(workspace: Workspace, address: str) -> Company | None:
    """Return the company whose domain a mail address has, made if need be; `None` where the domain names none."""
    domain = domain_of(address)
    # No real domain is longer (RFC 1035, 2.3.4): what is names no company.
    if not domain or len(domain) > LONGEST_DOMAIN or is_public_provider(domain):
        return None
    known = rows.first(Company, "workspace_id = %s AND domain = %s", [workspace.pk, domain])
    return known or _make_company(workspace, domain)


def _make_company(workspace: Workspace, domain: str) -> Company | None:
    company = Company(workspace=workspace, name=domain, sort_key=sort_key(domain), domain=domain)
    if rows.insert_new(company):
        return company
    return rows.first(Company, "workspace_id = %s AND domain = %s", [workspace.pk, domain])

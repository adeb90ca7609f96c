"""Adding people, companies, sites and notes by hand."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from harken.agents.models import Agent
from harken.contacts.changing import check_domain
from harken.contacts.errors import NameMissing, NoteIsEmpty
from harken.contacts.identifying import add_identity
from harken.contacts.models import Company, Contact, Note, Site
from harken.events.record import record
from harken.lib import rows
from harken.lib.names import sort_key
from harken.workspaces.models import Workspace


@transaction.atomic
def add_contact(
    workspace: Workspace, *, by: Agent | None, reached_at: Sequence[str] = (), **fields: Any
) -> Contact:
    """Make a person known by mail addresses and phone numbers. Raises NameMissing, NoAddress or AddressTaken."""
    if not fields.get("name") and not reached_at:
        raise NameMissing
    contact = Contact.objects.create(workspace=workspace, **fields)
    record("contact.added", contact, by=by)
    for text in reached_at:
        add_identity(contact, text, by=by)
    return contact


@transaction.atomic
def add_company(workspace: Workspace, *, by: Agent | None, name: str, **fields: Any) -> Company:
    """Make a company. Raises NameMissing or DomainTaken."""
    if not name:
        raise NameMissing
    company = Company(workspace=workspace, name=name, sort_key=sort_key(name), **fields)
    if not rows.insert_new(company):
        check_domain(company)
    record("company.added", company, by=by)
    return company


@transaction.atomic
def add_site(company: Company, *, by: Agent | None, name: str, **fields: Any) -> Site:
    """Make a site of a company. Raises NameMissing."""
    if not name:
        raise NameMissing
    site = Site.objects.create(workspace_id=company.workspace_id, company=company, name=name, **fields)
    record("site.added", site, by=by, company=company.pk)
    return site


@transaction.atomic
def remove_site(site: Site, *, by: Agent) -> None:
    """Forget a site, for good."""
    record("site.removed", site, by=by, company=site.company_id, name=site.name)
    site.delete()


@transaction.atomic
def add_note(about: Contact | Company, text: str, *, by: Agent) -> Note:
    """Write down what only colleagues see. Raises NoteIsEmpty."""
    if not text.strip():
        raise NoteIsEmpty
    place: dict[str, Any] = {"contact": about} if isinstance(about, Contact) else {"company": about}
    note = Note.objects.create(workspace_id=about.workspace_id, agent=by, text=text.strip(), **place)
    record("note.added", note, by=by, contact=note.contact_id, company=note.company_id)
    return note


@transaction.atomic
def remove_note(note: Note, *, by: Agent) -> None:
    """Take a note away, for good."""
    record("note.removed", note, by=by, contact=note.contact_id, company=note.company_id)
    note.delete()

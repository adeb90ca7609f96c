"""One row of a file becomes a person, or completes one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from harken.contacts.changing import change
from harken.contacts.identifying import record_added
from harken.contacts.importing.filling import filled, note_once
from harken.contacts.importing.own import answered
from harken.contacts.importing.read import NotUnderstood, Told
from harken.contacts.models import Company, Contact, Identity, PeopleImport
from harken.contacts.models.company import LONGEST_DOMAIN
from harken.contacts.recognise import company_for
from harken.fields.models import Field
from harken.lib import rows
from harken.lib.names import sort_key
from harken.workspaces.models import Workspace

_KNOWN = """
    SELECT DISTINCT contact_id FROM contacts_identity
    WHERE workspace_id = %s AND kind = ANY(%s) AND address = ANY(%s)
"""


def take_person(importing: PeopleImport, told: Told, fields: Mapping[str, Field]) -> str:
    """Add or complete a person, and say which: added, changed or unchanged. Raises NotUnderstood."""
    workspace = importing.workspace
    known = _known(workspace, told)
    company = _company(workspace, told)
    known = known or _of_that_name(workspace, told, company)
    answers = answered(known, told.answers, fields, replaces=importing.replaces)
    told = replace(told, fields=told.fields | {"fields": answers})
    if known is None:
        contact = _add(workspace, told, company)
        note_once(importing, told.note, contact=contact)
        return "added"
    changed = _complete(known, told, company, importing)
    for each in told.reached:
        if new := _reach(known, *each):
            record_added(new, by=importing.agent)
            changed = True
    changed |= note_once(importing, told.note, contact=known)
    return "changed" if changed else "unchanged"


def _known(workspace: Workspace, told: Told) -> Contact | None:
    if not told.reached:
        return None
    kinds, addresses = [each[0] for each in told.reached], [each[1] for each in told.reached]
    found = [contact_id for (contact_id,) in rows.ask(_KNOWN, [workspace.pk, kinds, addresses])]
    if len(found) > 1:
        names = ", ".join(str(rows.only(Contact, each)) for each in found[:3])
        raise NotUnderstood(
            _("Its addresses belong to several people: %(names)s. Merge them first.") % {"names": names}
        )
    return rows.only(Contact, found[0]) if found else None


def _of_that_name(workspace: Workspace, told: Told, company: Company | None) -> Contact | None:
    """Without an address somebody is known by name and company; with one, a namesake is another person."""
    if told.reached:
        return None
    where = "workspace_id = %s AND sort_key = %s AND merged_into_id IS NULL AND company_id IS NOT DISTINCT FROM %s"
    values = [workspace.pk, sort_key(told.fields["name"]), company.pk if company else None]
    return rows.first(Contact, where, values)


def _company(workspace: Workspace, told: Told) -> Company | None:
    if told.company:
        return _company_named(workspace, told.company)
    addresses = [address for kind, address, _written in told.reached if kind == Identity.Kind.EMAIL]
    return company_for(workspace, addresses[0]) if addresses else None


def _company_named(workspace: Workspace, name: str) -> Company:
    by_name = rows.first(
        Company, "workspace_id = %s AND sort_key = %s ORDER BY sort_key, id", [workspace.pk, sort_key(name)]
    )
    domain = name.lower()[:LONGEST_DOMAIN]
    found = by_name or rows.first(Company, "workspace_id = %s AND domain = %s", [workspace.pk, domain])
    if found:
        return found
    made = Company(workspace=workspace, name=name, sort_key=sort_key(name))
    rows.insert(made)
    return made


def _add(workspace: Workspace, told: Told, company: Company | None) -> Contact:
    name = told.fields.get("name", "")
    contact = Contact(workspace=workspace, company=company, sort_key=sort_key(name), **told.fields)
    rows.insert(contact)
    for each in told.reached:
        _reach(contact, *each)
    return contact


def _reach(contact: Contact, kind: str, address: str, written: str) -> Identity | None:
    """Let them be reached there, and return how, if that is new; whoever has just become known by it keeps it."""
    identity = Identity(
        workspace_id=contact.workspace_id, contact=contact, kind=kind, address=address, written=written
    )
    return identity if rows.insert_new(identity) else None


def _complete(contact: Contact, told: Told, company: Company | None, importing: PeopleImport) -> bool:
    given: dict[str, Any] = dict(told.fields)
    if company and (told.company or not contact.company_id):
        given["company"] = company
    return change(contact, filled(contact, given, replaces=importing.replaces), by=importing.agent)

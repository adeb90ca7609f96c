"""One row of a file becomes a company, or completes one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from harken.contacts.changing import change
from harken.contacts.importing.filling import filled, note_once
from harken.contacts.importing.own import answered
from harken.contacts.importing.read import NotUnderstood, Told
from harken.contacts.models import Company, PeopleImport
from harken.contacts.planning import PLAN_FIELDS, change_plan
from harken.fields.models import Field
from harken.lib import rows
from harken.lib.names import sort_key


def take_company(importing: PeopleImport, told: Told, fields: Mapping[str, Field]) -> str:
    """Add or complete a company, and say which: added, changed or unchanged. Raises NotUnderstood."""
    given = dict(told.fields)
    plan = {name: given.pop(name) for name in PLAN_FIELDS if name in given}
    known = _known(importing.workspace_id, given)
    given["fields"] = answered(known, told.answers, fields, replaces=importing.replaces)
    if known is None:
        company = Company(workspace=importing.workspace, sort_key=sort_key(given["name"]), **given)
        rows.insert(company)
        change_plan(company, plan, by=importing.agent)
        note_once(importing, told.note, company=company)
        return "added"
    changed = _complete(known, given, importing)
    plan = filled(known, plan, replaces=importing.replaces)
    changed |= bool(plan) and change_plan(known, plan, by=importing.agent)
    changed |= note_once(importing, told.note, company=known)
    return "changed" if changed else "unchanged"


def _known(workspace_id: int, given: dict[str, Any]) -> Company | None:
    domain = given.get("domain", "")
    by_domain = (
        rows.first(Company, "workspace_id = %s AND domain = %s", [workspace_id, domain]) if domain else None
    )
    values = [workspace_id, sort_key(given["name"])]
    by_name = rows.first(Company, "workspace_id = %s AND sort_key = %s ORDER BY sort_key, id", values)
    if by_domain and by_name and by_domain != by_name:
        words = _("Its domain belongs to %(one)s, its name to %(other)s.")
        raise NotUnderstood(words % {"one": by_domain.name, "other": by_name.name})
    return by_domain or by_name


def _complete(company: Company, given: dict[str, Any], importing: PeopleImport) -> bool:
    changes = filled(company, given, replaces=importing.replaces)
    # One that was made by its domain alone has no name yet.
    if company.name == company.domain and given["name"] != company.name:
        changes["name"] = given["name"]
    return change(company, changes, by=importing.agent)

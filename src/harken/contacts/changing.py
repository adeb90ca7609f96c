"""Changing people, companies and sites by hand: who edits what somebody else has changed meanwhile is told."""

from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from harken.agents.models import Agent
from harken.contacts.errors import ChangedMeanwhile, DomainTaken, NameMissing, NoDomain
from harken.contacts.models import Company, Contact, Site
from harken.contacts.models.company import LONGEST_DOMAIN
from harken.events.record import record
from harken.lib.addresses import is_public_provider, normalise
from harken.lib.names import sort_key

Editable = TypeVar("Editable", Contact, Company, Site)

# Told of in events by name alone: who may read the change log need not read how to get in.
_NOT_TOLD = {"access_notes"}


@transaction.atomic
def change(row: Editable, values: dict[str, Any], *, by: Agent | None, seen: int | None = None) -> bool:
    """Save what differs, and say whether anything did.

    `seen` is the revision that was before the writer's eyes (`None`: whatever it is). Locks the row. Raises
    ChangedMeanwhile when it is another one by now, NameMissing, NoDomain or DomainTaken.
    """
    held: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if seen is not None and held.revision != seen:
        raise ChangedMeanwhile(held)
    differing: dict[str, Any] = {
        name: value for name, value in values.items() if getattr(held, name) != value
    }
    if not differing:
        return False
    before = {name: getattr(held, name) for name in differing}
    _put(held, differing)
    _check(held)
    _save(held, differing)
    _record(held, before, differing, by)
    for name in (*differing, "revision", "sort_key"):
        setattr(row, name, getattr(held, name))
    return True


def domain_in(text: str) -> str:
    """Return the domain somebody meant by `https://www.Crumb.example/about`. Raises NoDomain."""
    bare = text.strip().removeprefix("https://").removeprefix("http://").partition("/")[0].rpartition("@")[2]
    domain = normalise(f"@{bare}").lstrip("@").removeprefix("www.")
    is_whole = (
        "." in domain and len(domain) <= LONGEST_DOMAIN and domain.replace("-", "").replace(".", "").isalnum()
    )
    if bare and (not is_whole or is_public_provider(domain)):
        raise NoDomain(text=text.strip())
    return domain


def check_domain(company: Company) -> None:
    """Refuse a domain that leads to another company. Raises DomainTaken."""
    others = Company.objects.filter(workspace_id=company.workspace_id, domain=company.domain)
    other = others.exclude(pk=company.pk).first() if company.domain else None
    if other:
        raise DomainTaken(other)


def _put(row: Editable, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.sort_key = sort_key(row.name)
    row.revision += 1


def _check(row: Editable) -> None:
    if isinstance(row, Company):
        check_domain(row)
    may_be_nameless = isinstance(row, Contact) and row.identities.exists()
    if not row.name and not may_be_nameless:
        raise NameMissing


def _save(row: Editable, values: dict[str, Any]) -> None:
    try:
        with transaction.atomic():
            row.save(update_fields=[*values, "sort_key", "revision"])
    except IntegrityError:
        # Somebody gave another company the same domain a moment ago.
        _check(row)
        raise


def _record(row: Editable, before: dict[str, Any], after: dict[str, Any], by: Agent | None) -> None:
    told = {
        name: [_plain(before[name]), _plain(after[name])] if name not in _NOT_TOLD else []
        for name in sorted(after)
    }
    record(f"{row._meta.model_name}.changed", row, by=by, changes=told, revision=row.revision)


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value if value is None or isinstance(value, str | int | dict) else str(value)

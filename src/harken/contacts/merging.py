"""Merging two contacts who are one person, and taking it back.

The merged one stays as a row that leads on. Rooms above move what is theirs when they hear `contact.merged`, write
down what they moved on the Merge, and move it back by that when they hear `contact.unmerged`.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.contacts.errors import CannotMerge, NothingToTakeBack
from harken.contacts.models import Contact, Identity, Merge, Note
from harken.events.record import record
from harken.lib.names import sort_key

# What the remaining one takes over where it has nothing of its own.
FILLED = ("name", "job", "time_zone", "company_id")


@transaction.atomic
def merge(contact: Contact, *, into: Contact, by: Agent) -> Merge:
    """Make two contacts one: whatever `contact` had is `into`'s from now on, and its page leads there.

    Locks both, in the order of their ids. Raises CannotMerge when they are one already.
    """
    merged, remaining = _held(contact, into)
    if merged == remaining or merged.merged_into_id or remaining.merged_into_id:
        raise CannotMerge
    merge = Merge(workspace_id=merged.workspace_id, contact=merged, into=remaining, agent=by)
    merge.filled = _fill(remaining, merged)
    merge.save()
    merged.merged_into = remaining
    merged.save(update_fields=["merged_into"])
    move_own(merge)
    record("contact.merged", merge, by=by, contact=merged.pk, into=remaining.pk)
    return merge


@transaction.atomic
def take_back(merge: Merge, *, by: Agent) -> Contact:
    """Undo a merge: exactly what it moved goes back, and what came since stays. Returns who is a contact again.

    Raises NothingToTakeBack when somebody did so already.
    """
    held = Merge.objects.select_for_update().get(pk=merge.pk)
    if held.undone_at:
        raise NothingToTakeBack
    # Whoever it was merged into may have been merged on since.
    back, remaining = _held(held.contact, held.into.current)
    _move_back(held, back, remaining)
    _empty(remaining, held.filled)
    back.merged_into = None
    back.save(update_fields=["merged_into"])
    held.undone_at = timezone.now()
    held.save(update_fields=["undone_at"])
    record("contact.unmerged", held, by=by, contact=back.pk, into=remaining.pk)
    return back


def move_own(merge: Merge) -> None:
    """Move the identities and notes that still lie at the merged contact; twice is harmless."""
    remaining = merge.into
    first = {kind: remaining.first_of(kind) for kind in Identity.Kind.values}
    identities = Identity.objects.filter(contact=merge.contact_id)
    merge.add_moved("preferred", list(identities.filter(is_preferred=True).values_list("pk", flat=True)))
    merge.add_moved("identities", list(identities.values_list("pk", flat=True)))
    identities.update(contact=remaining, is_preferred=False)
    for identity in filter(None, first.values()):
        # What they were reached at first stays first, though an older address joins it.
        Identity.objects.filter(pk=identity.pk).update(is_preferred=True)
    notes = Note.objects.filter(contact=merge.contact_id)
    merge.add_moved("notes", list(notes.values_list("pk", flat=True)))
    notes.update(contact=remaining)


def _held(one: Contact, other: Contact) -> tuple[Contact, Contact]:
    ids = [one.pk, other.pk]
    # Against deadlocks with who merges the other way round.
    rows = Contact.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {contact.pk: contact for contact in rows}
    return found[one.pk], found[other.pk]


def _fill(remaining: Contact, merged: Contact) -> dict[str, Any]:
    filled = {
        name: value for name in FILLED if not getattr(remaining, name) and (value := getattr(merged, name))
    }
    if merged.last_heard_at and (
        not remaining.last_heard_at or remaining.last_heard_at < merged.last_heard_at
    ):
        remaining.last_heard_at = merged.last_heard_at
    gaps = {key: value for key, value in merged.fields.items() if key not in remaining.fields}
    _set(remaining, filled | ({"fields": remaining.fields | gaps} if gaps else {}))
    return filled | ({"fields": gaps} if gaps else {})


def _empty(remaining: Contact, filled: dict[str, Any]) -> None:
    """Take the other's values out again, unless somebody has changed them since."""
    fields: dict[str, Any] = {
        name: None if name == "company_id" else ""
        for name, value in filled.items()
        if name in FILLED and getattr(remaining, name) == value
    }
    if gaps := filled.get("fields"):
        own = {key: value for key, value in remaining.fields.items() if gaps.get(key) != value}
        fields["fields"] = own
    if not remaining.identities.exists():
        fields.pop("name", None)
    _set(remaining, fields)


def _set(contact: Contact, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(contact, name, value)
    contact.sort_key = sort_key(contact.name)
    contact.revision += bool(fields)
    names = [name.removesuffix("_id") for name in fields]
    contact.save(update_fields=[*names, "sort_key", "revision", "last_heard_at"])


def _move_back(merge: Merge, back: Contact, remaining: Contact) -> None:
    identities = Identity.objects.filter(pk__in=merge.moved.get("identities", ()), contact=remaining)
    preferred = set(merge.moved.get("preferred", ()))
    for identity in identities:
        identity.contact, identity.is_preferred = back, identity.pk in preferred
        identity.save(update_fields=["contact", "is_preferred"])
    Note.objects.filter(pk__in=merge.moved.get("notes", ()), contact=remaining).update(contact=back)

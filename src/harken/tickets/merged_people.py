"""What becomes of tickets when people are merged, taken apart, or find their company."""

from typing import Any

from django.db import models, transaction

from harken.contacts.merging import move_own
from harken.contacts.models import Contact, Merge
from harken.tickets.models import Message, Participant, Ticket

# What lies on a contact here: by the name it is written down under, and the field that points at the contact.
_OWNED: dict[str, tuple[type[models.Model], str]] = {
    "tickets": (Ticket, "requester"),
    "messages": (Message, "author_contact"),
    "participants": (Participant, "contact"),
}


def follow_merge(merge: Merge) -> None:
    """Let tickets, messages and places in conversations be the remaining contact's, and write down which; twice is
    harmless."""
    for what, (model, field) in _OWNED.items():
        rows = _of(model, field, merge.contact_id)
        ids = list(rows.values_list("pk", flat=True))
        if ids:
            merge.add_moved(what, ids)
            _of(model, field, merge.contact_id).filter(pk__in=ids).update(**{field: merge.into})


def follow_taking_back(merge: Merge) -> None:
    """Give back what the merge has moved, where it lies still; what came since stays."""
    remaining = merge.into.current
    for what, (model, field) in _OWNED.items():
        rows = _of(model, field, remaining.pk).filter(pk__in=merge.moved.get(what, ()))
        rows.update(**{field: merge.contact})


@transaction.atomic
def gather_stragglers(merge_id: int) -> None:
    """Move what reached the merged contact while the merge was made: a letter may have recognised them before."""
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_at=None).first()
    if merge:
        merge.into = merge.into.current
        move_own(merge)
        follow_merge(merge)


def give_company(contact: Contact) -> None:
    """Let requests of nobody's company be their company's; those asked for another one stay its history."""
    if contact.company_id:
        Ticket.objects.filter(requester=contact, company=None).update(company=contact.company_id)


def _of(model: type[models.Model], field: str, contact_id: int) -> Any:
    return model._default_manager.filter(**{field: contact_id})

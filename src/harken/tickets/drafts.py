"""Drafts: an answer that was not sent is kept for its writer, whatever stopped it."""

from django.db import transaction
from django.utils import timezone

from harken.agents.models import Agent
from harken.events.record import record
from harken.tickets.models import Draft, DraftFile, Enclosure, Ticket, Words


@transaction.atomic
def keep_draft(ticket: Ticket, agent: Agent, words: Words, *, seen_up_to: int, why: str) -> Draft:
    """Keep an answer as its writer's draft on the ticket; what is kept there already stays, above it."""
    ticket.hold()
    draft, is_new = Draft.objects.get_or_create(
        workspace_id=ticket.workspace_id, ticket=ticket, agent=agent, defaults={"seen_up_to": seen_up_to}
    )
    if words.text.strip() not in draft.text:
        draft.text = f"{draft.text}\n\n{words.text}".strip()
    draft.html = words.html if is_new else ""
    draft.why = why
    draft.updated_at = timezone.now()
    draft.seen_up_to = min(draft.seen_up_to, seen_up_to)
    draft.save(update_fields=["text", "html", "why", "updated_at", "seen_up_to"])
    _keep_files(draft, words)
    record("draft.kept", draft, by=agent, number=ticket.number)
    return draft


@transaction.atomic
def discard_draft(draft: Draft) -> None:
    """Let a draft go: it was sent, or its writer no longer wants it."""
    record("draft.discarded", draft, by=draft.agent, number=draft.ticket.number)
    draft.delete()


def draft_of(ticket: Ticket, agent: Agent) -> Draft | None:
    """Return what a colleague has written on a ticket and not sent."""
    return Draft.objects.visible_to(agent).filter(ticket=ticket).select_related("ticket", "agent").first()


def words_of_draft(draft: Draft) -> Words:
    """Return a draft as the words of a message."""
    return Words(draft.text, html=draft.html, files=files_of_draft(draft))


def files_of_draft(draft: Draft) -> tuple[Enclosure, ...]:
    """Return the files that wait with a draft."""
    kept = draft.enclosures.select_related("file").order_by("id")
    return tuple(Enclosure(each.file, each.content_id, each.is_inline, each.declared_name) for each in kept)


def _keep_files(draft: Draft, words: Words) -> None:
    known = set(draft.enclosures.values_list("file_id", flat=True))
    DraftFile.objects.bulk_create(
        DraftFile(workspace_id=draft.workspace_id, draft=draft, **vars(enclosure))
        for enclosure in words.files
        if enclosure.file.pk not in known
    )

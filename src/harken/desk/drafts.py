"""An answer that was not sent, taken up again: in the composer, with its files."""

from dataclasses import replace

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.composer import Composer, DraftShown, news_in
from harken.tickets.drafts import discard_draft, draft_of
from harken.tickets.models import Draft, Ticket


@require_POST
def draft(request: AgentRequest, number: int) -> HttpResponse:
    """POST lets one's own draft go."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    kept = draft_of(ticket, request.agent)
    if kept:
        discard_draft(kept)
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": number})
    return HttpResponseRedirect(address)


def composer_for(ticket: Ticket, agent: Agent) -> Composer:
    """Return what stands in the composer when the page opens: the reader's draft, else nothing yet."""
    kept = draft_of(ticket, agent)
    return _taken_up(ticket, agent, kept) if kept else Composer.empty_for(ticket)


def draft_named(pk: int | None, ticket: Ticket, agent: Agent) -> Draft | None:
    """Return the draft that a composer was filled with, if it is there still."""
    return Draft.objects.visible_to(agent).filter(ticket=ticket, pk=pk).first() if pk else None


def _taken_up(ticket: Ticket, agent: Agent, kept: Draft) -> Composer:
    unseen = ticket.messages.after(kept.seen_up_to).that_must_be_seen_by(agent)
    rows = list(unseen.select_related("author_agent__user", "author_contact").order_by("position"))
    return replace(
        Composer.empty_for(ticket),
        text=kept.text,
        refusal=str(kept.get_why_display()) if kept.why else "",
        news=news_in(rows),
        draft=DraftShown(kept.pk, [each.file.name for each in kept.enclosures.select_related("file")]),
    )

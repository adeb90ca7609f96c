"""A draft as its writer's pages see it: shown, saved while it is typed, taken elsewhere, let go."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from harken.agents.middleware import AgentRequest
from harken.agents.models import Agent
from harken.desk.composing.needed import needed_of_page
from harken.desk.composing.written import written_in
from harken.lib.written import with_addresses
from harken.tickets.draft_errors import DraftIsNewer
from harken.tickets.drafts import (
    Place,
    discard_draft,
    draft_of,
    drafts_left_behind,
    save_draft,
    take_draft_to,
)
from harken.tickets.locks import release
from harken.tickets.models import Draft, DraftFile, Ticket

MOST_BYTES = 4 * 1000 * 1000
PEEK_LETTERS = 120
_NO_DRAFT = gettext_lazy("Not saved: the page sent something else than a draft. Load it again.")


@dataclass(frozen=True)
class FileShown:
    """A file that waits with a draft."""

    id: int
    name: str
    size: int
    url: str
    content_id: str

    @classmethod
    def of(cls, enclosure: DraftFile) -> "FileShown":
        file = enclosure.file
        address = file.url(inline=True) if enclosure.is_inline else file.url()
        return cls(enclosure.pk, file.name, file.size, address, enclosure.content_id)


@dataclass(frozen=True)
class DraftShown:
    """The draft that a composer was filled with, and the files that wait with it."""

    id: int
    version: int
    files: list[FileShown]
    # Of the pictures in its text, by content id.
    addresses: dict[str, str]


@dataclass(frozen=True)
class LeftBehind:
    """What somebody wrote on a request that was merged into another: where it lies, and where it may go."""

    number: int
    short_number: str
    to: str
    peek: str


def shown_draft(draft: Draft) -> DraftShown:
    """Return a draft's files ready to print."""
    files = [FileShown.of(each) for each in draft.enclosures.select_related("file").order_by("id")]
    addresses = {file.content_id: file.url for file in files if file.content_id}
    return DraftShown(
        draft.pk, draft.version, [file for file in files if file.content_id not in addresses], addresses
    )


def left_behind_for(ticket: Ticket, agent: Agent) -> list[LeftBehind]:
    """Return the drafts that a merger left where nobody answers any more."""
    drafts = drafts_left_behind(ticket, agent)
    own = draft_of(ticket, agent) if ticket.state == Ticket.State.MERGED else None
    shown = [*drafts, own] if own else drafts
    return [
        LeftBehind(
            each.written_on.number,
            each.written_on.short_number,
            each.written_on.current.short_number,
            " ".join(each.text.split())[:PEEK_LETTERS],
        )
        for each in shown
    ]


@require_http_methods(["GET", "PUT", "POST"])
def draft(request: AgentRequest, number: int) -> HttpResponse:
    """GET returns one's own draft, PUT saves it while it is typed (both as JSON); POST lets it go."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    if request.method != "POST":
        return answer_draft(request, ticket)
    kept = draft_of(ticket, request.agent)
    if kept:
        discard_draft(kept)
    # Whoever let it go answers no more: colleagues need not wait.
    release(ticket.current, by=request.agent)
    return _to(request, number)


def answer_draft(request: AgentRequest, place: Place) -> HttpResponse:
    """Answer a GET of what its writer's pages hold, or a PUT that saves it, with JSON."""
    if request.method == "PUT":
        return _save(request, place)
    return _answer(request, draft_of(place, request.agent), place, 200)


@require_POST
def draft_place(request: AgentRequest, number: int) -> HttpResponse:
    """POST takes one's draft on a request that was merged away to where it was merged."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.agent), number=number)
    target, kept = ticket.current, draft_of(ticket, request.agent)
    if kept and target != ticket:
        take_draft_to(kept, target)
        notices.success(request, _("Your draft is here now."))
    return _to(request, target.number)


def _save(request: AgentRequest, place: Place) -> HttpResponse:
    try:
        given = _given(request)
    except ValueError as error:
        return JsonResponse({"problem": str(error)}, status=422)
    _remember_plain(request.agent, bool(given.get("is_plain")), chosen=bool(given.get("is_chosen")))
    try:
        saved = save_draft(
            place, request.agent, written_in(given), version=given["version"], key=given["key"]
        )
    except DraftIsNewer as error:
        return _answer(request, error.draft, place, 409)
    return JsonResponse(
        {"version": saved.version, "id": saved.pk, "key": str(saved.key)} if saved else {"version": 0}
    )


def _given(request: AgentRequest) -> dict[str, Any]:
    """Return what a page sent, its version a number and its key a UUID or `None`. Raises ValueError with words."""
    if len(request.body) > MOST_BYTES:
        raise ValueError(
            _("Not saved: the text is too long. Attach it as a file; what you wrote is still here.")
        )
    try:
        given = json.loads(request.body)
        key = given.get("key")
        known = {"key": uuid.UUID(key) if isinstance(key, str) and key else None}
    except (ValueError, AttributeError, RecursionError):
        raise ValueError(_NO_DRAFT) from None
    if not isinstance(given.get("version"), int) or given["version"] < 0:
        raise ValueError(_NO_DRAFT)
    return {**given, **known}


def _remember_plain(agent: Agent, is_plain: bool, *, chosen: bool) -> None:
    if chosen and agent.writes_plain != is_plain:
        agent.writes_plain = is_plain
        agent.save(update_fields=["writes_plain"])


def _answer(request: AgentRequest, kept: Draft | None, place: Place, status: int) -> JsonResponse:
    if kept is None:
        # Whatever is sent by pages that still hold it is a message of its own.
        key = place if isinstance(place, uuid.UUID) else uuid.uuid4()
        return JsonResponse({"version": 0, "key": str(key)}, status=status)
    shown = shown_draft(kept)
    return JsonResponse(
        {
            "id": kept.pk,
            "version": kept.version,
            "key": str(kept.key),
            "kind": kept.kind,
            "text": kept.text,
            "html": with_addresses(kept.html, shown.addresses),
            "recipients": kept.recipients,
            "is_plain": kept.is_plain,
            "is_signed": kept.is_signed,
            "subject": kept.subject,
            "sender": str(kept.channel_id or ""),
            "files": [vars(file) for file in shown.files],
            **needed_of_page(kept, request),
        },
        status=status,
    )


def _to(request: AgentRequest, number: int) -> HttpResponseRedirect:
    address = reverse("desk:ticket", kwargs={"workspace": request.workspace.slug, "number": number})
    return HttpResponseRedirect(address)

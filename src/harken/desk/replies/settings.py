"""The settings pages of saved replies: the list, one of them, and taking one away."""

from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from harken.agents.middleware import AgentRequest
from harken.automations.errors import AutomationsError
from harken.automations.languages import LANGUAGES, name_of, texts_of
from harken.automations.models import SavedReply
from harken.automations.placeholders import PLACEHOLDERS, unknown_in
from harken.automations.saved_replies import bring_back, change_reply, keep_reply, remove_reply
from harken.desk.replies.forms import ReplyForm

PEEK_LETTERS = 160


@require_safe
def saved_replies(request: AgentRequest) -> HttpResponse:
    """GET lists those shared and the reader's own."""
    return _listed(request)


@require_http_methods(["GET", "POST"])
def new_reply(request: AgentRequest) -> HttpResponse:
    """GET shows an empty one; POST keeps it."""
    form = ReplyForm(request.POST if request.method == "POST" else None, reply=SavedReply())
    if form.is_valid():
        try:
            return _kept(request, keep_reply(form.wording, by=request.agent))
        except AutomationsError as error:
            form.add_error(error.field or None, str(error))
    return _page(request, form, None)


@require_http_methods(["GET", "POST"])
def saved_reply(request: AgentRequest, reply_id: int) -> HttpResponse:
    """GET shows one; POST changes it, unless a colleague has done so meanwhile."""
    reply = reply_of(request, reply_id, is_kept=True)
    form = ReplyForm(request.POST if request.method == "POST" else None, reply=reply)
    if form.is_valid():
        try:
            change_reply(reply, form.wording, by=request.agent)
            return _kept(request, reply)
        except AutomationsError as error:
            form.add_error(error.field or None, str(error))
            reply = reply_of(request, reply_id, is_kept=True)
    return _page(request, form, reply)


@require_POST
def removal(request: AgentRequest, reply_id: int) -> HttpResponse:
    """POST takes one away; with `undo` it is there again."""
    reply = reply_of(request, reply_id)
    if "undo" in request.POST:
        bring_back(reply, by=request.agent)
        notices.success(request, _("“%(name)s” is back.") % {"name": reply.name})
        return redirect("desk:saved_replies", workspace=request.workspace.slug)
    remove_reply(reply, by=request.agent)
    return _listed(request, removed=reply)


def _kept(request: AgentRequest, reply: SavedReply) -> HttpResponse:
    notices.success(request, _("“%(name)s” is saved.") % {"name": reply.name})
    return redirect("desk:saved_replies", workspace=request.workspace.slug)


def reply_of(request: AgentRequest, pk: int, *, is_kept: bool = False) -> SavedReply:
    """Return a saved reply that the reader may change, or 404; with `is_kept` only one that is not removed."""
    replies = SavedReply.objects.visible_to(request.agent)
    replies = replies.kept() if is_kept else replies
    return get_object_or_404(replies.whole().select_related("changed_by__user"), pk=pk)


def tabs_of(reply: SavedReply, language: str = "") -> dict[str, Any]:
    """Return the languages a reply has a text in, its own first, and those it could have."""
    kept = [each.language for each in reply.variants.all()]
    shown = [*kept, language] if language and language not in kept else kept
    return {
        "here": language,
        "kept": [(each, name_of(each)) for each in shown],
        "more": sorted(
            ((each, name_of(each)) for each in LANGUAGES if each not in shown), key=lambda each: each[1]
        ),
    }


def _listed(request: AgentRequest, *, removed: SavedReply | None = None) -> HttpResponse:
    replies = SavedReply.objects.visible_to(request.agent).kept().by_name().whole()
    rows = [_row(each) for each in replies]
    return render(request, "desk/replies/list.html", {"rows": rows, "removed": removed})


def _row(reply: SavedReply) -> dict[str, Any]:
    texts = texts_of(reply)
    return {
        "reply": reply,
        "peek": " ".join(reply.text.split())[:PEEK_LETTERS],
        "unknown": list(dict.fromkeys(name for said in texts for name in unknown_in(said.text))),
        "languages": [name_of(said.language) for said in texts if said.language],
        "files": len(reply.files.all()),
    }


def _page(request: AgentRequest, form: ReplyForm, reply: SavedReply | None) -> HttpResponse:
    changed_by = reply.changed_by.name if reply and reply.changed_by and form.missed else ""
    context = {
        "form": form,
        "reply": reply,
        "tabs": tabs_of(reply) if reply else None,
        "changed_by": changed_by,
        "placeholders": PLACEHOLDERS,
        "unknown": unknown_in(form["text"].value() or ""),
        # What the parts of the editor are told about where they stand.
        "composer": {"id": "reply", "is_plain": "is_plain" in request.POST},
    }
    return render(request, "desk/replies/reply.html", context, status=422 if form.is_bound else 200)

"""The settings pages of saved replies: what one says in another language."""

from typing import Any

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.automations.errors import AutomationsError
from harken.automations.languages import LANGUAGES, keep_variant, name_of, remove_variant, text_in
from harken.automations.models import SavedReply
from harken.automations.placeholders import PLACEHOLDERS, unknown_in
from harken.desk.replies.forms import VariantForm
from harken.desk.replies.settings import reply_of, tabs_of


@require_http_methods(["GET", "POST"])
def variant(request: AgentRequest, reply_id: int, language: str) -> HttpResponse:
    """GET shows what a reply says in a language; POST changes it, or with `remove` takes it away."""
    reply = reply_of(request, reply_id, is_kept=True)
    if language not in LANGUAGES:
        raise Http404
    if "remove" in request.POST:
        remove_variant(reply, language, by=request.agent)
        notices.success(request, _("The text in %(language)s was removed.") % {"language": name_of(language)})
        return redirect("desk:saved_reply", workspace=request.workspace.slug, reply_id=reply.pk)
    said = text_in(reply, language)
    form = VariantForm(request.POST if request.method == "POST" else None, said=said, language=language)
    if form.is_valid():
        try:
            keep_variant(reply, language, **form.words, by=request.agent)
        except AutomationsError as error:
            form.add_error(error.field or None, str(error))
        else:
            notices.success(request, _("“%(name)s” is saved.") % {"name": reply.name})
            return redirect(request.path)
    return _page(request, form, reply, language)


def _page(request: AgentRequest, form: VariantForm, reply: SavedReply, language: str) -> HttpResponse:
    changed_by = reply.changed_by.name if reply.changed_by and form.missed else ""
    context: dict[str, Any] = {
        "form": form,
        "reply": reply,
        "spoken": language,
        "spoken_name": name_of(language),
        "tabs": tabs_of(reply, language),
        "changed_by": changed_by,
        "placeholders": PLACEHOLDERS,
        "unknown": unknown_in(form["text"].value() or ""),
        "composer": {"id": "reply", "is_plain": "is_plain" in request.POST},
    }
    return render(request, "desk/replies/variant.html", context, status=422 if form.is_bound else 200)

"""The page on which owners say how other desks write their numbers."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from harken.agents.middleware import AgentRequest
from harken.channels.mailboxes.views import owners_only
from harken.channels.models import ForeignPattern
from harken.channels.proof.foreign_numbers import MOST_PATTERNS, USUAL, NotATemplate, checked_template
from harken.lib.text import clean
from harken.ui.collisions import SharedForm
from harken.workspaces.models import Workspace


class NumbersForm(SharedForm):
    """Templates of foreign numbers, one on a line."""

    templates = forms.CharField(
        label=gettext_lazy("Their numbers"),
        help_text=gettext_lazy("One on a line, with * where the number stands: “Vorgang-Nr. *”, “[ACME-*]”."),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "ltr"}),
        required=False,
        max_length=10_000,
    )

    def clean_templates(self) -> list[str]:
        lines = [line for line in clean(self.cleaned_data["templates"]).splitlines() if line.strip()]
        try:
            templates = list(dict.fromkeys(checked_template(line) for line in lines))
        except NotATemplate as error:
            raise ValidationError(str(error)) from error
        if len(templates) > MOST_PATTERNS:
            raise ValidationError(
                _("At most %(most)d of them are kept. Nothing was changed; leave some out.")
                % {"most": MOST_PATTERNS}
            )
        return templates


@require_http_methods(["GET", "POST"])
def numbers(request: AgentRequest) -> HttpResponse:
    """GET shows the templates; POST replaces the workspace's own ones."""
    owners_only(request)
    own = ForeignPattern.objects.visible_to(request.agent).order_by("pk").values_list("template", flat=True)
    form = NumbersForm(request.POST or None, current={"templates": "\n".join(own)})
    if request.method == "POST" and form.is_valid():
        _replace(request.workspace, form.cleaned_data["templates"])
        messages.success(request, _("Saved. They are looked for in every letter from now on."))
        return redirect("channels:numbers", workspace=request.workspace.slug)
    context: dict[str, Any] = {"form": form, "usual": USUAL}
    return render(request, "channels/numbers.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _replace(workspace: Workspace, templates: list[str]) -> None:
    kept = ForeignPattern.objects.filter(workspace=workspace)
    kept.exclude(template__in=templates).delete()
    known = set(kept.values_list("template", flat=True))
    ForeignPattern.objects.bulk_create(
        [ForeignPattern(workspace=workspace, template=each) for each in templates if each not in known],
        ignore_conflicts=True,
    )

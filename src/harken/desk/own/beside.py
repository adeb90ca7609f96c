"""What was answered about a person or a company, beside their timeline."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from harken.contacts.parts import Part
from harken.contacts.timeline import About
from harken.fields.answers import answers_to, fields_about
from harken.fields.models import Field


def _part(request: Any, about: About) -> str:
    row = about.contact or about.company
    kind = Field.About.CONTACT if about.contact else Field.About.COMPANY
    fields = fields_about(request.workspace, kind)
    if not fields or row is None:
        return ""
    answered = [each for each in answers_to(fields, row.fields) if each.value is not None]
    context = {"answered": answered, "edit": _edit(request, about)}
    return str(render_to_string("desk/own/_beside.html", context, request=request))


def _edit(request: Any, about: About) -> str:
    known: dict[str, Any] = {"workspace": request.workspace.slug}
    if about.contact:
        return reverse("desk:edit_person", kwargs=known | {"contact_id": about.contact.pk})
    return reverse(
        "desk:edit_company", kwargs=known | {"company_id": about.company.pk if about.company else 0}
    )


BESIDE = Part("own-fields", _part, order=20)

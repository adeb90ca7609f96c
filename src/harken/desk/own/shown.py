"""What a workspace asks of a request besides what we ask, and what it answered."""

from dataclasses import dataclass
from typing import Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.desk.own.forms import answers_shown, with_answers
from harken.fields.answers import Answer, answers_to, fields_about
from harken.fields.apps import CUSTOMISING
from harken.fields.models import Field
from harken.tickets.models import Area, OwnState, Ticket
from harken.ui.collisions import SharedForm

AREA = "area"


class AreaForm(SharedForm):
    """The area of a request; the workspace's fields come below it."""

    area = forms.ChoiceField(label=_("Area"), required=False)


@dataclass(frozen=True)
class Own:
    """A request's area and answers, with the form that changes them. `is_asked` where there is anything to say."""

    number: int
    area: Area | None
    areas: list[Area]
    answers: list[Answer]
    fields: list[Field]
    form: SharedForm
    # After a refusal the form stays open.
    is_open: bool = False

    @property
    def is_asked(self) -> bool:
        return bool(self.fields or self.areas or self.area)

    @property
    def answered(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.value is not None]

    @classmethod
    def of(cls, ticket: Ticket, agent: Agent, typed: QueryDict | None = None) -> Self:
        """Return them by two queries, or none where it is switched off; with what was `typed`, where it was."""
        fields = fields_about(agent.workspace, Field.About.TICKET)
        areas = areas_of(agent)
        current = answers_shown(fields, ticket.fields) | {AREA: ticket.area_id or ""}
        form = with_answers(AreaForm, fields, ticket.fields)(typed, current=current)
        form.fields[AREA].choices = [("", "–"), *_choices(areas, ticket.area)]
        return cls(
            number=ticket.number,
            area=ticket.area,
            areas=areas,
            answers=answers_to(fields, ticket.fields),
            fields=fields,
            form=form,
            is_open=typed is not None,
        )


def areas_of(agent: Agent) -> list[Area]:
    """Return the areas that can be chosen, in order; none where they are switched off."""
    if not agent.workspace.has(CUSTOMISING):
        return []
    return list(Area.objects.visible_to(agent).living().in_order())


def own_states_of(agent: Agent) -> list[OwnState]:
    """Return the workspace's own states that can be chosen, in order; none where they are switched off."""
    if not agent.workspace.has(CUSTOMISING):
        return []
    return list(OwnState.objects.visible_to(agent).living().order_by("kind", "place", "id"))


def _choices(areas: list[Area], standing: Area | None) -> list[tuple[str, str]]:
    gone = [standing] if standing and standing not in areas else []
    return [(str(area.pk), area.name) for area in (*areas, *gone)]

"""What a workspace wants to know of a request before it is closed, asked where it is closed."""

from django.db import transaction
from django.http import QueryDict

from harken.agents.models import Agent
from harken.desk.forms import mistakes_in
from harken.desk.own.forms import OWN, AnswerField, answers_given, answers_shown, with_answers
from harken.fields.answers import Values, fields_about
from harken.fields.models import Field
from harken.tickets.errors import NotAnswered, TicketError
from harken.tickets.models import Ticket
from harken.tickets.own_names import answer_fields
from harken.ui.collisions import SharedForm
from harken.workspaces.models import Workspace

SEEN = "seen"


class Unfit(TicketError):
    """What was typed cannot be kept; the form says beside each field why."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def needed_form(
    workspace: Workspace,
    answered: Values,
    typed: QueryDict | None = None,
    *,
    at: str = "id",
    is_closing: bool = True,
) -> SharedForm:
    """Return the form of what is missing before closing, and of what was `typed` there; `at` begins its ids.

    What a colleague has answered meanwhile stays in it, so that nobody's answer is lost. Nothing is needed of who
    does not close.
    """
    given = typed or QueryDict()
    fields = [
        field
        for field in fields_about(workspace, Field.About.TICKET)
        if field.is_needed_to_close and (field.key not in answered or OWN + field.key in given)
    ]
    form: SharedForm = with_answers(SharedForm, fields, answered)(
        typed, current=answers_shown(fields, answered), auto_id=f"{at}-%s"
    )
    for asked in form.fields.values():
        if isinstance(asked, AnswerField):
            asked.is_needed, asked.help_text = is_closing, ""
    return form


def was_asked(typed: QueryDict) -> bool:
    """Say whether a page that sent this has shown the form."""
    return any(name == SEEN or name.startswith(OWN) for name in typed)


def lead_to_first(form: SharedForm) -> None:
    """Let the caret stand in the first field that is not as it should be."""
    wrong = [name for name in form.fields if not form.is_bound or name in form.errors]
    form.begin_at(next(iter(wrong), ""))


@transaction.atomic
def keep_needed(ticket: Ticket, typed: QueryDict, *, by: Agent, is_closing: bool) -> None:
    """Keep what was filled in beside an answer; only for closing all of it is needed.

    Raises NotAnswered for what is missing then, Unfit for what cannot be kept.
    """
    if not was_asked(typed):
        return
    form = needed_form(by.workspace, ticket.fields, typed, is_closing=is_closing)
    if not form.is_valid():
        raise NotAnswered(_names(form)) if is_closing else Unfit(mistakes_in(form))
    answer_fields(ticket, answers_given(form), by=by)


def refuse_unfit(answered: Values, typed: QueryDict, *, by: Agent) -> None:
    """Raise Unfit for what was filled in beside an answer and cannot be kept; who does not close needs nothing."""
    if not was_asked(typed):
        return
    form = needed_form(by.workspace, answered, typed, is_closing=False)
    if not form.is_valid():
        raise Unfit(mistakes_in(form))


def _names(form: SharedForm) -> list[str]:
    """What the fields are called that are not as they should be; all of them where somebody changed one meanwhile."""
    wrong = [name for name in form.fields if name in form.errors] or list(form.fields)
    return [str(form.fields[name].label) for name in wrong]

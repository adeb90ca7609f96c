"""Forms that ask for a workspace's own fields, and those in which fields, states and areas are made."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from harken.desk.forms import Text
from harken.fields.answers import LONGEST_LONG_TEXT, NO, YES, Values, as_typed, checked
from harken.fields.defining import with_options
from harken.fields.errors import FieldsError, Unfit
from harken.fields.models import LONGEST_NAME, LONGEST_OPTION, Field
from harken.tickets.models.own_state import KINDS
from harken.ui.collisions import SharedForm

OWN = "own_"
OPTION = "option_"
Kind = Field.Kind


class AnswerField(forms.Field):
    """What somebody answers to a field of the workspace's own; cleans to how it is kept, `None` for nothing."""

    # Whether "nothing" is no answer, as before closing.
    is_needed = False

    def __init__(self, field: Field, standing: Any) -> None:
        super().__init__(
            label=field.name,
            required=False,
            widget=_widget(field, standing),
            help_text=_("Needed to close the request.") if field.is_needed_to_close else "",
        )
        self.asked, self._standing = field, standing
        self.choices = getattr(self.widget, "choices", ())

    def clean(self, value: Any) -> Any:
        try:
            said = checked(self.asked, value, standing=self._standing)
        except Unfit as error:
            sentence = str(error.sentence)
            raise ValidationError(sentence[:1].upper() + sentence[1:]) from error
        if said is None and self.is_needed:
            raise ValidationError(_("This is needed to close the request."))
        return said


def with_answers(base: type[SharedForm], fields: Sequence[Field], values: Values) -> Any:
    """Return a form like `base` that asks for these fields too; `values` is what was answered until now."""
    asked = {f"{OWN}{field.key}": AnswerField(field, values.get(field.key)) for field in fields}
    return type(base.__name__, (base,), dict(asked))


def answers_shown(fields: Sequence[Field], values: Values) -> dict[str, Any]:
    """Return what stands in the fields of such a form."""
    return {f"{OWN}{field.key}": _typed(field, values.get(field.key)) for field in fields}


def answers_given(form: forms.Form) -> Values:
    """Return what was answered in a valid form, by the fields' keys."""
    return {
        name.removeprefix(OWN): value for name, value in form.cleaned_data.items() if name.startswith(OWN)
    }


class NameForm(SharedForm):
    """What it is called. Several may stand on one page: `at` is the id of what it is about, `None` for a new one."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"dir": "auto"})
    )

    def __init__(
        self, data: QueryDict | None = None, *, current: dict[str, Any], at: int | None = None
    ) -> None:
        super().__init__(data, current=current)
        self.auto_id = f"id_{at}_%s" if at else "id_%s"


class Needed(forms.BooleanField):
    """Whether closing a request needs the field."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Needed to close a request"),
            required=False,
            help_text=_("For what is asked of requests: whoever closes one answers it first."),
        )


class NewFieldForm(NameForm):
    about = forms.ChoiceField(label=_("Asked of"), choices=Field.About.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    options = Text(
        label=_("To choose from"),
        required=False,
        max_length=20_000,
        help_text=_("One on each line; only where there is something to choose."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    is_needed_to_close = Needed()


class NewStateForm(NameForm):
    kind = forms.ChoiceField(
        label=_("What it is"),
        help_text=_("Everything happens as in the fixed state; only the name is yours."),
        choices=[(kind.value, kind.label) for kind in KINDS],
    )


class FieldForm(NameForm):
    """A field as it is changed: each option by its name, and new ones below."""

    known: Sequence[dict[str, Any]] = ()
    offered: Sequence[dict[str, Any]] = ()
    # What can be chosen from then on; `None` where there is nothing to choose.
    options: list[dict[str, Any]] | None = None

    def clean(self) -> dict[str, Any] | None:
        given = super().clean()
        if self.known and not self.errors:
            names = {each["key"]: self.cleaned_data[OPTION + each["key"]] for each in self.offered}
            try:
                self.options = with_options(self.known, self.cleaned_data["more"].splitlines(), names=names)
            except FieldsError as error:
                raise ValidationError(str(error)) from error
        return given

    @classmethod
    def of(cls, field: Field) -> Any:
        """Return the form for a field, with an input for each of its options."""
        needed = {"is_needed_to_close": Needed()} if field.about == Field.About.TICKET else {}
        if not field.has_options:
            return type(cls.__name__, (cls,), needed)
        asked: dict[str, Any] = {
            OPTION + each["key"]: forms.CharField(
                label=each["name"],
                required=False,
                max_length=LONGEST_OPTION,
                widget=forms.TextInput(attrs={"dir": "auto"}),
            )
            for each in field.offered
        }
        asked["more"] = Text(
            label=_("More to choose from"),
            required=False,
            max_length=20_000,
            help_text=_(
                "One on each line. An option that you empty is offered no longer; where it stands it stays."
            ),
            widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        )
        return type(cls.__name__, (cls,), asked | needed | {"known": field.options, "offered": field.offered})


def _typed(field: Field, value: Any) -> Any:
    """An answer as the form's control has it."""
    if field.has_options:
        return value if value is not None else []
    return as_typed(field, value)


def _widget(field: Field, standing: Any) -> forms.Widget:
    match field.kind:
        case Kind.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 3, "dir": "auto", "maxlength": LONGEST_LONG_TEXT})
        case Kind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})
        case Kind.DATE:
            return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        case Kind.YES_NO:
            return forms.Select(choices=[("", "–"), (YES, _("Yes")), (NO, _("No"))])
        case Kind.ONE_OF:
            return forms.Select(choices=[("", "–"), *_choices(field, [standing])])
        case Kind.SEVERAL_OF:
            return forms.CheckboxSelectMultiple(choices=_choices(field, standing or []))
    return forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"})


def _choices(field: Field, standing: Sequence[Any]) -> list[tuple[str, str]]:
    """What is offered, and what is gone only where it stands."""
    there = (each for each in field.options if not each.get("gone") or each["key"] in standing)
    return [(each["key"], each["name"]) for each in there]

from django import forms
from django.utils.translation import gettext_lazy as _

from harken.lib.text import one_line
from harken.tickets.errors import NothingToCallIt
from harken.tickets.models import Tag
from harken.tickets.models.tag import LONGEST_NAME
from harken.ui.collisions import SharedForm


class TagForm(SharedForm):
    """What a tag is called, and how it is shown."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    colour = forms.ChoiceField(label=_("Colour"), choices=Tag.Colour.choices, initial=Tag.Colour.GREY)

    def clean_name(self) -> str:
        name = one_line(self.cleaned_data["name"], LONGEST_NAME)
        if not name:
            raise forms.ValidationError(str(NothingToCallIt()))
        return name

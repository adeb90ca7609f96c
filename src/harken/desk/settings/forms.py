"""Forms about the workspace itself."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from harken.agents.models import Language
from harken.files.media_types import picture_type
from harken.lib.colours import is_colour
from harken.lib.pictures import size_of
from harken.lib.zones import zone_names
from harken.ui.accent import means_danger
from harken.ui.collisions import SharedForm
from harken.ui.fields import Line
from harken.ui.forms import Form
from harken.workspaces.validators import usable_slug

LARGEST_LOGO_BYTES = 200_000
LARGEST_LOGO_PIXELS = 2000


def seconds_in_words(seconds: int) -> Any:
    """Return a number of seconds as a page says it."""
    return format_lazy(ngettext_lazy("{seconds} second", "{seconds} seconds", seconds), seconds=seconds)


class WorkspaceForm(SharedForm):
    name = Line(
        label=_("What do customers know you as?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    slug = forms.CharField(
        label=_("Address"),
        help_text=_("The first word of every address here. Links with the old word lead on to the new one."),
        max_length=50,
        validators=[usable_slug],
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_(
            "Letters that go out by themselves speak it. Each colleague chooses their own for these pages."
        ),
        choices=Language.choices,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days and times of day are told in it."), choices=()
    )

    own_undo_seconds = forms.TypedChoiceField(
        label=_("Time to take an answer back"),
        help_text=_("So long after “Send” an answer waits, and whoever wrote it can have it back."),
        choices=[
            (0, _("None: it leaves at once")),
            *((each, seconds_in_words(each)) for each in (5, 10, 20, 30)),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zone_names())
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = [
            (zone, zone.replace("_", " ")) for zone in zones
        ]


class AccentForm(SharedForm):
    accent = forms.CharField(
        label=_("Your colour"),
        help_text=_("Buttons, and what waits for you. Empty for Harken’s own."),
        required=False,
        max_length=7,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "placeholder": "#006275", "data-colour": "", "spellcheck": "false"}
        ),
    )

    def clean_accent(self) -> str:
        """Return `#rrggbb` in small letters, or `""`."""
        colour: str = self.cleaned_data["accent"].strip().lower()
        if colour and not is_colour(colour):
            raise forms.ValidationError(
                _("This is no colour. Nothing was changed; write six digits behind a #, like #006275.")
            )
        if colour and means_danger(colour):
            raise forms.ValidationError(
                _(
                    "Red means late or failed here, for everybody at a glance."
                    " Nothing was changed; choose another colour."
                )
            )
        return colour


class LogoForm(Form):
    logo = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG, GIF or WebP, up to 200 KB and 2,000 by 2,000 dots. A square looks best."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )

    def clean_logo(self) -> tuple[bytes, str]:
        """Return the bytes and what they are: the bytes decide, not what their sender called them."""
        file: UploadedFile = self.cleaned_data["logo"]
        if (file.size or 0) > LARGEST_LOGO_BYTES:
            raise forms.ValidationError(
                _(
                    "This picture is larger than 200 KB. Nothing was changed; save it smaller and choose it again."
                )
            )
        content = file.read()
        media_type, size = picture_type(content[:12]), size_of(content)
        if media_type is None or size is None:
            raise forms.ValidationError(
                _(
                    "This is no whole PNG, JPEG, GIF or WebP picture."
                    " Nothing was changed; a drawing (SVG) can hold scripts,"
                    " save it as PNG."
                )
            )
        if max(size) > LARGEST_LOGO_PIXELS:
            raise forms.ValidationError(
                _(
                    "This picture has more than 2,000 dots on a side."
                    " Nothing was changed; save it smaller and choose it again."
                )
            )
        return content, media_type

"""What a colleague chooses on the settings page, and what a browser sends that wants to be pushed to."""

from typing import Any, Self

from babel.dates import get_day_names
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from harken.lib.zones import zone_names
from harken.notifications.models import Preference, Scope
from harken.notifications.models.preference import WEEK
from harken.notifications.push.encryption import Keys, NotKeys
from harken.ui.collisions import SharedForm
from harken.ui.forms import Form
from harken.ui.moments import current_locale

LONGEST_ENDPOINT = 1000
# Names that only programs know.
_TECHNICAL = ("Etc/", "SystemV/", "posix/", "right/", "US/")
_CLOCK = {"type": "time", "dir": "ltr"}


def _weekdays() -> list[tuple[str, str]]:
    names = get_day_names("wide", locale=current_locale())
    return [(str(day), str(names[day])) for day in WEEK]


def _zones() -> list[tuple[str, str]]:
    names = sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith(_TECHNICAL))
    return [("", str(_("As the workspace"))), *((name, name.replace("_", " ")) for name in names)]


def _clock(label: Any, help_text: Any = "") -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs=_CLOCK),
    )


class PreferenceForm(SharedForm):
    """What, where and when, of all who chose nothing; each at the workspace's time."""

    mail = forms.ChoiceField(label=_("By mail"), choices=Scope.choices)
    push = forms.ChoiceField(
        label=_("By push"), choices=Scope.choices, help_text=_("On the devices below that you switched on.")
    )
    page = forms.ChoiceField(
        label=_("On the page"),
        choices=Scope.choices,
        help_text=_("As a line at its edge, with a link. Lists show what is new by themselves."),
    )
    digest_at = _clock(
        _("Daily digest at"), _("Who waits, the longest first. Leave empty for none; quiet days have none.")
    )
    quiet_from = _clock(_("Quiet from"))
    quiet_until = _clock(_("Quiet until"))
    quiet_days = forms.MultipleChoiceField(
        label=_("Quiet all day on"),
        choices=lazy(_weekdays, list)(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def showing(cls, preference: Preference, typed: QueryDict | None = None, **options: Any) -> Self:
        """Return the form with what holds now in it, or with what was typed over it."""
        current: dict[str, Any] = {name: getattr(preference, name) for name in cls.base_fields}
        current["quiet_days"] = list(map(str, preference.quiet_days))
        return cls(typed, current=current, **options)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        begins, ends = given.get("quiet_from"), given.get("quiet_until")
        if (begins is None) != (ends is None):
            missing = "quiet_until" if ends is None else "quiet_from"
            if missing not in self.errors:
                self.add_error(
                    missing,
                    _(
                        "Quiet hours need a beginning and an end. Nothing was changed; fill in both, or neither."
                    ),
                )
        elif begins is not None and begins == ends:
            self.add_error(
                "quiet_until",
                _("Beginning and end are the same. Nothing was changed; leave both empty for none."),
            )
        if len(given.get("quiet_days", ())) == len(WEEK):
            self.add_error(
                "quiet_days",
                _(
                    "No day of the week is left. Nothing was changed; to be told nothing, choose “Nothing” above."
                ),
            )
        return given

    def save_to(self, preference: Preference) -> None:
        """Keep what was chosen."""
        given = dict(self.cleaned_data)
        preference.quiet_weekdays = sum(1 << int(day) for day in given.pop("quiet_days"))
        for name, value in given.items():
            setattr(preference, name, value)
        preference.save()


class OwnPreferenceForm(PreferenceForm):
    """The same of one person, who may live by another clock."""

    time_zone = forms.ChoiceField(label=_("Your time zone"), choices=lazy(_zones, list)(), required=False)


class DeviceForm(Form):
    """A browser's subscription, as its script sends it."""

    endpoint = forms.CharField(max_length=LONGEST_ENDPOINT)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)

    def clean_endpoint(self) -> str:
        endpoint: str = self.cleaned_data["endpoint"]
        schemes = ("https://", "http://") if settings.HARKEN_ALLOW_INTERNAL else ("https://",)
        if not endpoint.startswith(schemes):
            raise ValidationError(_("The address of a push service begins with https://."))
        return endpoint

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.keys.check()
            except NotKeys as error:
                raise ValidationError(_("These are not the keys of a browser.")) from error
        return given

    @property
    def keys(self) -> Keys:
        return Keys(self.cleaned_data["p256dh"], self.cleaned_data["auth"])

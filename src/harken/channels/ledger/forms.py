"""What may be asked of the ledger, and for how long letters are kept."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harken.agents.models import Agent
from harken.channels.ledger.lists import Asked
from harken.channels.models import Arrival, Channel
from harken.lib.text import clean
from harken.ui.collisions import SharedForm
from harken.ui.fields import RowChoice
from harken.ui.forms import Form

LONGEST_DAYS = 36_500
_UNKNOWN = {"invalid_choice": gettext_lazy("“%(value)s” is not among these.")}
_NO_DAY = {"invalid": gettext_lazy("A day is written like 2026-11-22.")}
_NUMBER = re.compile(r"\s*#?\s*(\d{1,18})\s*", re.ASCII)
_EVERYTHING = (("", gettext_lazy("everything")),)
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LedgerForm(Form):
    """The filters of the ledger, as they stand in an address; whatever is left out narrows nothing.

    What is given and not understood is an error of its field: then nothing is to be shown.
    """

    q = forms.CharField(label=gettext_lazy("Sender, subject or evidence"), required=False, max_length=200)
    state = forms.ChoiceField(
        choices=[*_EVERYTHING, *Arrival.State.choices],
        label=gettext_lazy("What became of it"),
        help_text=gettext_lazy("Test letters of this desk stand under “loop stopped” alone."),
        required=False,
        error_messages=_UNKNOWN,
    )
    channel = RowChoice(
        Channel.objects.none(),
        label=gettext_lazy("Channel"),
        required=False,
        empty_label=gettext_lazy("every channel"),
        error_messages=_UNKNOWN,
    )
    source = forms.ChoiceField(
        choices=[*_EVERYTHING, *Arrival.Source.choices],
        label=gettext_lazy("Came by"),
        required=False,
        error_messages=_UNKNOWN,
    )
    since = forms.DateField(
        label=gettext_lazy("From day"), required=False, widget=_DAY, error_messages=_NO_DAY
    )
    until = forms.DateField(label=gettext_lazy("To day"), required=False, widget=_DAY, error_messages=_NO_DAY)
    ticket = forms.CharField(label=gettext_lazy("Request number"), required=False, max_length=30)

    def __init__(self, data: Any, *, agent: Agent) -> None:
        super().__init__(data, auto_id="ledger-%s")
        channel = self.fields["channel"]
        assert isinstance(channel, RowChoice)
        channel.queryset = Channel.objects.visible_to(agent).order_by("address")

    def clean_ticket(self) -> int | None:
        text = self.cleaned_data["ticket"]
        if not text.strip():
            return None
        if match := _NUMBER.fullmatch(text):
            return int(match[1])
        raise ValidationError(_("A request number is made of digits: #4817."))

    @property
    def misunderstood(self) -> list[str]:
        """The fields that hold what nobody understands, by their labels in quotes."""
        return [f"“{self[name].label}”" for name in self.errors]

    @property
    def asked(self) -> Asked:
        """What is asked for; a field with a mistake in it narrows nothing."""
        self.full_clean()
        given = self.cleaned_data
        channel = given.get("channel")
        return Asked(
            state=given.get("state", ""),
            source=given.get("source", ""),
            channel_id=channel.pk if channel else None,
            ticket=given.get("ticket"),
            since=given.get("since"),
            until=given.get("until"),
            words=clean(given.get("q", "")).strip(),
            without_heartbeats=given.get("state", "") != Arrival.State.LOOP,
        )


class RetentionForm(SharedForm):
    """For how long letters are kept."""

    days = forms.IntegerField(
        label=gettext_lazy("Days to keep letters"),
        help_text=gettext_lazy("Leave it empty to keep them for ever."),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
    )

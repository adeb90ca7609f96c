"""How people come into a workspace: the rule about a second key, and its own provider."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from harken.agents.errors import ProviderAway
from harken.agents.models import Provider
from harken.agents.oidc.discovery import metadata
from harken.ui.collisions import SharedForm

FIELDS = ("name", "issuer", "client_id", "lets_join", "is_on")
_TECHNICAL = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}


class RuleForm(SharedForm):
    requires_second_factor = forms.BooleanField(label=_("Everybody shows a second key"), required=False)


class ProviderForm(SharedForm):
    is_on = forms.BooleanField(label=_("Sign in by it"), required=False)
    name = forms.CharField(
        label=_("What do your colleagues call it?"),
        help_text=_("It stands on the button. Empty for its host."),
        required=False,
        max_length=100,
    )
    issuer = forms.CharField(
        label=_("Address of the issuer"),
        help_text=_("As the provider writes it, with https:// and every slash."),
        max_length=500,
        widget=forms.TextInput(attrs=_TECHNICAL | {"inputmode": "url"}),
    )
    client_id = forms.CharField(
        label=_("Client id"), max_length=300, widget=forms.TextInput(attrs=_TECHNICAL)
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        help_text=_("Kept sealed and never shown. Empty keeps the one of now."),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    lets_join = forms.BooleanField(
        label=_("Whoever it vouches for may join as a colleague"),
        help_text=_("Off: only those who were invited come in."),
        required=False,
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        issuer = self.cleaned_data.get("issuer")
        if issuer and self.cleaned_data.get("is_on"):
            try:
                metadata(issuer)
            except ProviderAway:
                self.add_error(
                    "issuer",
                    _(
                        "No sign-in service answers at this address, or it names itself differently. Nothing was"
                        " saved. Compare it letter by letter with what the provider shows as issuer."
                    ),
                )
        return cleaned

    def fill(self, provider: Provider) -> Provider:
        """Put what was typed into the provider; an empty secret keeps the old one."""
        for name in FIELDS:
            setattr(provider, name, self.cleaned_data[name])
        provider.client_secret = self.cleaned_data["client_secret"] or provider.client_secret
        return provider

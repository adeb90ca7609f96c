"""The form of a mailbox: where letters are fetched, and how answers leave."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.channels.email.relay import is_this_machine
from harken.channels.models import Channel, Grant, Mailbox
from harken.channels.models.channel import Security
from harken.channels.robots.acknowledge import PLACEHOLDERS, placeholders_in
from harken.lib.addresses import normalise
from harken.ui.collisions import SharedModelForm

# Host names and addresses read so in every language.
LEFT_TO_RIGHT = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
_URL = forms.URLInput(attrs=LEFT_TO_RIGHT)
HEARTBEATS = (
    (0, _("never")),
    (10, _("every 10 minutes")),
    (30, _("every 30 minutes")),
    (60, _("every hour")),
    (240, _("every 4 hours")),
)
MOST_PER_MINUTE = 100_000
MOST_MEGABYTES = 100
_KEEP = _("Leave it empty to keep the one that is set.")


class MailboxForm(SharedModelForm):
    """A mailbox and its channel as one form. A password is never shown again; empty keeps the one that is set."""

    address = forms.EmailField(
        max_length=320,
        label=_("Address customers write to"),
        widget=forms.EmailInput(attrs=LEFT_TO_RIGHT),
    )

    class Meta:
        model = Mailbox
        fields = (
            "from_name",
            "imap_host",
            "imap_port",
            "imap_security",
            "imap_user",
            "imap_password",
            "imap_folder",
            "take_from",
            "handled",
            "smtp_host",
            "smtp_port",
            "smtp_security",
            "smtp_user",
            "smtp_password",
            "smtp_per_minute",
            "most_megabytes",
            "is_plain_text",
            "heartbeat_minutes",
            "acknowledges",
            "acknowledgement",
            "signature",
        )
        labels = {
            "from_name": _("Name that customers see"),
            "imap_host": _("Incoming mail server (IMAP)"),
            "imap_port": _("Port"),
            "imap_security": _("Encryption"),
            "imap_user": _("User name"),
            "imap_password": _("Password"),
            "imap_folder": _("Folder"),
            "take_from": _("Take letters since"),
            "handled": _("A letter that was taken in"),
            "smtp_host": _("Outgoing mail server (SMTP)"),
            "smtp_port": _("Port"),
            "smtp_security": _("Encryption"),
            "smtp_user": _("User name"),
            "smtp_password": _("Password"),
            "smtp_per_minute": _("Letters a minute, at most"),
            "most_megabytes": _("Files in a letter, at most (MB)"),
            "is_plain_text": _("Send plain text only"),
            "heartbeat_minutes": _("Test letter"),
            "acknowledges": _("Acknowledge every new request by mail"),
            "acknowledgement": _("Words of the acknowledgement"),
            "signature": _("Signature"),
        }
        help_texts = {
            "imap_host": _("Leave it empty when letters are forwarded to Harken."),
            "take_from": _("Older letters stay where they are."),
            "acknowledges": _(
                "Once per request, and never to robots, lists or addresses nobody reads. It holds nothing of what the "
                "sender wrote."
            ),
            "acknowledgement": _("Leave it empty for our words. {number} and {company} are filled in."),
            "signature": _(
                "Goes under every answer from this mailbox, below the colleague’s own. {name}, {email} and {company} "
                "are filled in."
            ),
            "smtp_host": _("Leave it empty to send through the installation’s own server."),
            "smtp_per_minute": _(
                "0 is no limit. Some servers refuse more; Harken lets them wait for their turn."
            ),
            "most_megabytes": _("What is larger waits behind a link for ninety days."),
            "heartbeat_minutes": _(
                "Harken writes to this mailbox itself and sees whether the letter comes back. It makes no request."
            ),
        }
        widgets = {
            "acknowledgement": forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
            "signature": forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
            "imap_host": forms.TextInput(attrs=LEFT_TO_RIGHT),
            "imap_user": forms.TextInput(attrs=LEFT_TO_RIGHT),
            "imap_password": forms.PasswordInput(attrs=LEFT_TO_RIGHT),
            "imap_folder": forms.TextInput(attrs=LEFT_TO_RIGHT),
            "take_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "smtp_host": forms.TextInput(attrs=LEFT_TO_RIGHT),
            "smtp_user": forms.TextInput(attrs=LEFT_TO_RIGHT),
            "smtp_password": forms.PasswordInput(attrs=LEFT_TO_RIGHT),
            "heartbeat_minutes": forms.Select(choices=HEARTBEATS),
        }

    def __init__(self, data: QueryDict | None = None, *, instance: Mailbox) -> None:
        current = {"address": instance.channel.address} if instance.pk else {}
        super().__init__(data, instance=instance, current=current)
        for name in ("smtp_per_minute", "most_megabytes"):
            self.fields[name].required = False
        if self.instance.pk:
            for name in ("imap_password", "smtp_password"):
                self.fields[name].help_text = _KEEP

    def clean_address(self) -> str:
        """Refuse an address that another channel has: one address leads to one workspace."""
        address = normalise(self.cleaned_data["address"])
        taken = Channel.objects.taken(address, but=self.instance.channel_id if self.instance.pk else None)
        if taken:
            raise forms.ValidationError(
                _(
                    "This address already belongs to a mailbox on this installation."
                    " Nothing was changed; write another one."
                )
            )
        return address

    def clean_smtp_per_minute(self) -> int:
        return self._at_most("smtp_per_minute", MOST_PER_MINUTE)

    def clean_most_megabytes(self) -> int:
        return self._at_most("most_megabytes", MOST_MEGABYTES)

    def clean_acknowledgement(self) -> str:
        """Refuse placeholders that would be sent as they stand: a letter is not known to be anybody's."""
        text: str = self.cleaned_data["acknowledgement"]
        unknown = [name for name in placeholders_in(text) if name not in PLACEHOLDERS]
        if unknown:
            raise forms.ValidationError(
                _(
                    "{%(name)s} cannot be filled in, only {number} and {company}. Nothing was changed; take it out."
                ),
                params={"name": unknown[0]},
            )
        return text

    def clean_take_from(self) -> date | None:
        """A day that lies ahead would leave every letter until then at the server, and nobody would know."""
        day: date | None = self.cleaned_data["take_from"]
        if day and day > timezone.localdate() + timedelta(days=1):
            raise forms.ValidationError(
                _(
                    "This day lies ahead: until then no letter would be taken."
                    " Nothing was changed; choose an earlier one."
                )
            )
        return day

    def clean_imap_port(self) -> int:
        return self._port("imap_port")

    def clean_smtp_port(self) -> int:
        return self._port("smtp_port")

    def clean_imap_password(self) -> str:
        return self._password("imap_password")

    def clean_smtp_password(self) -> str:
        return self._password("smtp_password")

    def clean(self) -> dict[str, Any]:
        """A server asks who signs in; a password never travels in the clear to another machine."""
        given = super().clean() or {}
        for kind in ("imap", "smtp"):
            host, user = given.get(f"{kind}_host", ""), given.get(f"{kind}_user", "")
            if kind == "imap" and host and not user:
                self.add_error(
                    "imap_user",
                    _(
                        "The mail server asks who signs in."
                        " Nothing was changed; write it here, often it is the address itself."
                    ),
                )
            if host and user and given.get(f"{kind}_security") == Security.NONE and not is_this_machine(host):
                self.add_error(
                    f"{kind}_security",
                    _(
                        "Without encryption the password could be read on its way. Nothing was changed; choose one."
                    ),
                )
        return given

    def _at_most(self, name: str, most: int) -> int:
        given: int | None = self.cleaned_data[name]
        if given is None:
            return int(getattr(Mailbox(), name))
        if given > most:
            raise forms.ValidationError(
                _("This is a number from 0 to %(most)s. Nothing was changed; write such a one.")
                % {"most": most}
            )
        return given

    def _port(self, name: str) -> int:
        port: int = self.cleaned_data[name]
        if not 1 <= port <= 65535:
            raise forms.ValidationError(
                _("A port is a number from 1 to 65535. Nothing was changed; your provider says which.")
            )
        return port

    def _password(self, name: str) -> str:
        given: str = self.cleaned_data[name]
        kept: str = getattr(Mailbox.objects.get(pk=self.instance.pk), name) if self.instance.pk else ""
        return given or kept


class GrantForm(SharedModelForm):
    """This desk's registration at a mailbox's provider. The secret is never shown again; empty keeps it."""

    authorize_url = forms.URLField(
        required=False, max_length=500, assume_scheme="https", label=_("Page to sign in on"), widget=_URL
    )
    token_url = forms.URLField(
        required=False,
        max_length=500,
        assume_scheme="https",
        label=_("Address that gives tokens"),
        widget=_URL,
    )

    class Meta:
        model = Grant
        fields = ("provider", "client_id", "client_secret", "authorize_url", "token_url", "scope")
        labels = {
            "provider": _("Provider"),
            "client_id": _("Client id"),
            "client_secret": _("Client secret"),
            "scope": _("Scope"),
        }
        widgets = {
            "client_id": forms.TextInput(attrs=LEFT_TO_RIGHT),
            "client_secret": forms.PasswordInput(attrs=LEFT_TO_RIGHT),
            "scope": forms.TextInput(attrs=LEFT_TO_RIGHT),
        }

    def __init__(self, data: QueryDict | None = None, *, instance: Grant) -> None:
        super().__init__(data, instance=instance)
        self._before = (self.instance.provider, self.instance.client_id, self.instance.token_url)
        self._secret = self.instance.client_secret
        if self.instance.pk:
            self.fields["client_secret"].help_text = _KEEP

    @property
    def is_other(self) -> bool:
        """Say whether it is another registration than before."""
        given = self.cleaned_data
        return self._before != (given["provider"], given["client_id"], given["token_url"])

    def clean_client_secret(self) -> str:
        given: str = self.cleaned_data["client_secret"]
        return given or self._secret

    def clean_authorize_url(self) -> str:
        return self._address("authorize_url")

    def clean_token_url(self) -> str:
        return self._address("token_url")

    def clean(self) -> dict[str, Any]:
        """A provider that is not known says itself where to go."""
        given = super().clean() or {}
        if given.get("provider") == Grant.Provider.CUSTOM:
            for name in ("authorize_url", "token_url", "scope"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(
                        name,
                        _(
                            "Another provider needs this. Nothing was changed; its manual says what stands here."
                        ),
                    )
        return given

    def _address(self, name: str) -> str:
        address: str = self.cleaned_data[name]
        if address and not address.startswith("https://") and not settings.HARKEN_ALLOW_INTERNAL:
            raise forms.ValidationError(
                _("The address must begin with https://. Nothing was changed; write the whole of it.")
            )
        return address

"""The form that says whose word about senders a mailbox believes."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from harken.channels.email.domains import wire_domain
from harken.channels.mailboxes.forms import LEFT_TO_RIGHT
from harken.channels.models import Mailbox
from harken.ui.collisions import SharedModelForm

MOST_SERVERS = 10


class TrustForm(SharedModelForm):
    """The mail servers whose results are believed; host names with blanks between, none by default."""

    class Meta:
        model = Mailbox
        fields = ("trusts_results_of",)
        labels = {"trusts_results_of": _("Mail servers whose check of senders is believed")}
        help_texts = {
            "trusts_results_of": _(
                "Their host names, with spaces between. Name your own servers alone, and only if they remove"
                " such results from letters that come from outside (RFC 8601)."
            )
        }
        widgets = {"trusts_results_of": forms.TextInput(attrs=LEFT_TO_RIGHT)}

    def __init__(self, data: QueryDict | None = None, *, instance: Mailbox) -> None:
        super().__init__(data, instance=instance)
        self.fields["trusts_results_of"].required = False

    def clean_trusts_results_of(self) -> str:
        """Refuse what is no host name: it would never match, and nobody would know why."""
        given: str = self.cleaned_data["trusts_results_of"]
        names = dict.fromkeys(given.replace(",", " ").lower().split())
        wrong = [name for name in names if not wire_domain(name)]
        if wrong:
            raise forms.ValidationError(
                _("“%(name)s” is no host name. Nothing was changed; write it like mx.example.com."),
                params={"name": wrong[0]},
            )
        if len(names) > MOST_SERVERS:
            raise forms.ValidationError(_("Ten servers are enough. Nothing was changed; leave some out."))
        return " ".join(names)

from django import forms
from django.utils.translation import gettext_lazy as _

from harken.desk.following import Following
from harken.desk.forms import Addresses, Files, Text
from harken.tickets.models.ticket import SUBJECT_LETTERS
from harken.ui.fields import Line


class LetterForm(Following):
    """A first letter to somebody. `key` names it: sent twice, it begins one request."""

    to = Addresses(
        error_messages={
            "required": _("Nothing was sent: there is no address under “to”. Say to whom; your text is kept.")
        }
    )
    cc = Addresses(required=False)
    bcc = Addresses(required=False)
    subject = Line(max_length=SUBJECT_LETTERS, required=False)
    text = Text(required=False)
    # From the editor; where it holds words, they are what is sent.
    html = Text(required=False)
    attachments = Files(required=False)
    sender = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    key = forms.UUIDField()
    is_plain = forms.BooleanField(required=False)
    is_unsigned = forms.BooleanField(required=False)

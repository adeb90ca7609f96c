from django import forms
from django.utils.translation import gettext_lazy as _

from harken.desk.following import Following
from harken.desk.forms import Addresses, Files, Text
from harken.lib.text import one_line
from harken.tickets.models.ticket import SUBJECT_LETTERS


class Subject(forms.CharField):
    """One line of words, of any language."""

    def to_python(self, value: object) -> str:
        typed = str(value or "")
        return one_line(typed, len(typed) + 1)


class LetterForm(Following):
    """A first letter to somebody. `key` names it: sent twice, it begins one request."""

    to = Addresses(error_messages={"required": _("Say to whom: there is no address under “to”.")})
    cc = Addresses(required=False)
    bcc = Addresses(required=False)
    subject = Subject(max_length=SUBJECT_LETTERS, required=False)
    text = Text(required=False)
    # From the editor; where it holds words, they are what is sent.
    html = Text(required=False)
    attachments = Files(required=False)
    sender = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    key = forms.UUIDField()
    is_plain = forms.BooleanField(required=False)
    is_unsigned = forms.BooleanField(required=False)

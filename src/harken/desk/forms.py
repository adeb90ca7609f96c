"""What somebody types into the composer."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from harken.desk.following import Following
from harken.lib import addresses
from harken.lib.text import clean
from harken.tickets.models import Message
from harken.ui.words import filesize

# What most mail servers still take, once the files are encoded.
MOST_BYTES = 20 * 1000 * 1000
NO_ADDRESS = _("Nothing was sent: “%(text)s” is not a mail address. Look at it once more; your text is kept.")


class Addresses(forms.CharField):
    """Mail addresses with commas between them, with or without names; cleans to a list of addresses."""

    def clean(self, value: Any) -> list[str]:
        entries = addresses.parse(super().clean(value) or "")
        for entry in entries:
            self._check(entry.email or entry.name)
        return [entry.email for entry in entries]

    def _check(self, email: str) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise ValidationError(NO_ADDRESS, params={"text": email}) from None


class Text(forms.CharField):
    """Words as they were typed, without what a database cannot keep: a paste may bring anything."""

    def to_python(self, value: Any) -> str:
        return clean(value or "")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class Files(forms.FileField):
    """Several files in one field; cleans to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        self._weigh(data)
        return data

    def _weigh(self, files: Iterable[UploadedFile]) -> None:
        total = sum(file.size or 0 for file in files)
        if total > MOST_BYTES:
            raise ValidationError(
                _(
                    "Nothing was sent: the files are %(total)s together, and mail servers refuse more than %(most)s."
                    " Your text is kept; send a link instead."
                ),
                params={"total": filesize(total), "most": filesize(MOST_BYTES)},
            )


class AnswerForm(Following):
    """A reply or a note. `seen_up_to` is the last position that was before the sender's eyes."""

    kind = forms.ChoiceField(choices=[(kind, "") for kind in (*Message.BY_HAND, Message.Kind.NOTE)])
    text = Text(required=False)
    # From the editor; where it holds words, they are what is sent.
    html = Text(required=False)
    to = Addresses(required=False)
    cc = Addresses(required=False)
    bcc = Addresses(required=False)
    attachments = Files(required=False)
    seen_up_to = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    # The draft that the composer was filled with: its files go along, and it is done with when the answer is sent.
    draft = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    # Whatever is sent under a key goes once.
    key = forms.UUIDField(required=False)
    is_plain = forms.BooleanField(required=False)
    is_unsigned = forms.BooleanField(required=False)


def mistakes_in(form: forms.Form) -> str:
    """Say on one line what is wrong with a form, each thing once; `""` when nothing is."""
    return " ".join(dict.fromkeys(str(error) for errors in form.errors.values() for error in errors))

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from harken.automations.languages import Said
from harken.automations.models import LONGEST_NAME, LONGEST_SHORTCUT, SavedReply
from harken.automations.saved_replies import Wording
from harken.desk.forms import Text
from harken.ui.collisions import SharedForm

FIELDS = ("name", "shortcut", "is_shared", "text", "html")


class WordsForm(SharedForm):
    """The words of a saved reply. `html` comes from the editor alone; without it `text` is plain."""

    text = Text(label=_("Text"), required=False)
    html = Text(label=_("Text"), required=False)

    def __init__(self, data: QueryDict | None = None, *, current: dict[str, Any]) -> None:
        super().__init__(data, current=current)
        self._is_as_it_was = data is not None and "html" not in data and "is_plain" not in data
        # Its words and their form are one thing to whoever reads what was changed.
        self.missed = list(dict.fromkeys(self.missed))

    @property
    def words(self) -> dict[str, str]:
        """Both forms, once it is valid. A form stays where scripts could not show it and no word changed."""
        given = {name: self.cleaned_data[name] for name in ("text", "html")}
        if self._is_as_it_was and given["text"].strip() == self.current["text"].strip():
            given["html"] = self.current["html"]
        return given

    def _words(self, name: str) -> Any:
        return super()._words("text" if name == "html" else name)


class VariantForm(WordsForm):
    """What a saved reply says in another language, which has nothing yet where `said` is in another one."""

    def __init__(self, data: QueryDict | None = None, *, said: Said, language: str) -> None:
        is_there = said.language == language
        current = {"text": said.text if is_there else "", "html": said.html if is_there else ""}
        super().__init__(data, current=current)


class ReplyForm(WordsForm):
    """A saved reply as it is written: what it is called and what it says."""

    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    shortcut = forms.CharField(
        label=_("Shortcut"),
        help_text=_("One word. Behind a slash it leads straight here: /thanks"),
        max_length=LONGEST_SHORTCUT + 1,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    is_shared = forms.BooleanField(label=_("All colleagues use it"), required=False)

    def __init__(self, data: QueryDict | None = None, *, reply: SavedReply) -> None:
        super().__init__(data, current={name: getattr(reply, name) for name in FIELDS})

    @property
    def wording(self) -> Wording:
        """What was written, once it is valid."""
        return Wording(**self.cleaned_data | self.words)

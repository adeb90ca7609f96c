"""What can go wrong with a saved reply, worded for whoever keeps it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class AutomationsError(Exception):
    """A refusal that the person can act on; `sentence` says what happened and what to do."""

    sentence: Any = ""
    # The field of a form that it is about; "" for the whole of it.
    field = ""

    def __str__(self) -> str:
        return str(self.sentence)


class NothingToCallIt(AutomationsError):
    sentence = _("A saved reply needs a name, such as “Reset the password”. Nothing was saved.")
    field = "name"


class NothingToSay(AutomationsError):
    sentence = _("A saved reply needs words. Nothing was saved.")
    field = "text"


class TooLong(AutomationsError):
    sentence = _("A saved reply takes at most 50,000 letters. Nothing was saved; put the rest into a file.")
    field = "text"


class ShortcutTaken(AutomationsError):
    sentence = _("Another saved reply has this shortcut. Nothing was saved; choose another one.")
    field = "shortcut"


class TooManyFiles(AutomationsError):
    field = "files"

    def __init__(self, most: int) -> None:
        super().__init__()
        self.sentence = ngettext(
            "A saved reply takes %(most)s file at most; those attached before are kept.",
            "A saved reply takes %(most)s files at most; those attached before are kept.",
            most,
        ) % {"most": most}


class FileTooLarge(AutomationsError):
    field = "files"

    def __init__(self, name: str, most: str) -> None:
        super().__init__()
        self.sentence = _(
            "“%(name)s” was not attached: a file of a saved reply is at most %(most)s. Put it where they can fetch it,"
            " and write the link into the reply."
        ) % {"name": name, "most": most}


class NoShortcut(AutomationsError):
    sentence = _("A shortcut is one word, without a blank and without a slash. Nothing was saved.")
    field = "shortcut"

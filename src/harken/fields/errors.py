"""What can go wrong with a workspace's own lists and fields, worded for the colleague who must act."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class FieldsError(Exception):
    """A refusal that the person can act on; `sentence` says what happened, what is safe and what to do."""

    sentence: Any = ""

    def __init__(self, **words: Any) -> None:
        super().__init__()
        self.words = words

    def __str__(self) -> str:
        return str(self.sentence) % self.words if self.words else str(self.sentence)


class NameMissing(FieldsError):
    sentence = _("Nothing was saved: it needs a name, with letters that can be seen.")


class NameTaken(FieldsError):
    sentence = _("Nothing was saved: “%(name)s” is there already. Choose another name.")


class NameArchived(FieldsError):
    sentence = _("Nothing was saved: “%(name)s” is in the archive. Bring it back, or choose another name.")


class TooMany(FieldsError):
    sentence = _("Nothing was added: there are %(most)s already. Archive one that nobody needs.")


class OptionsMissing(FieldsError):
    sentence = _("Nothing was saved: there is nothing to choose from. Write at least one option.")


class TooManyOptions(FieldsError):
    sentence = _("Nothing was saved: more than %(most)s options. Nobody finds one among so many.")


class ClosesNothing(FieldsError):
    sentence = _("Nothing was saved: only what is asked of requests can be needed to close them.")


class ChangedMeanwhile(FieldsError):
    """Somebody else saved between reading and saving; `row` is as it is now."""

    sentence = _(
        "Not saved yet: somebody changed this while you wrote. What you typed is kept. Look at both, then save again."
    )

    def __init__(self, row: Any) -> None:
        super().__init__()
        self.row = row


class Unfit(FieldsError):
    """An answer that its field does not take; `key` and `name` say which field it is."""

    def __init__(self, key: str, name: str, sentence: Any) -> None:
        super().__init__()
        self.key, self.name, self.sentence = key, name, sentence

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}"


class UnknownField(FieldsError):
    sentence = _("Nothing was changed: there is no field “%(key)s”.")

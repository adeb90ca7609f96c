"""What keeps a part of a channel from working: kept as a code with details, told in each reader's language.

Free of the database: the settings are read with the relay's own problems at hand.
"""

from typing import Any, ClassVar, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What is safe while a part does not work, by the way mail takes there.
MAIL_IN, MAIL_OUT = "in", "out"
_SAFE: dict[str, str | Promise] = {
    "": "",
    MAIL_IN: _("Nothing is lost: new mail waits in the mailbox."),
    MAIL_OUT: _("Nothing is lost: waiting messages are sent again by themselves."),
}

# Where an owner mends a problem: a setting of the mailbox, or the page of its provider; "" where neither helps.
MendedAt = Literal["password", "host", "port", "security", "folder", "sign-in", ""]

_kinds: dict[str, type["Problem"]] = {}


class Problem(Exception):
    """Base of all: `sentence` says what happened, what is safe and what to do. `details` are plain JSON.

    A subclass is known by its name in the database: renaming one needs a migration.
    """

    happened: ClassVar[str | Promise] = _("This part of the channel does not work.")
    advice: ClassVar[str | Promise] = ""
    mended_at: ClassVar[MendedAt] = ""

    def __init__(self, *, words: str = "", safe: str = "", **details: Any) -> None:
        super().__init__(words, *details.values())
        self.words = words
        self.safe = safe
        self.details = details

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _kinds[cls.__name__] = cls

    @property
    def code(self) -> str:
        """The name under which the kind of problem is kept."""
        return type(self).__name__

    @property
    def kept(self) -> dict[str, Any]:
        """Everything `told` needs to say it again."""
        return {"words": self.words, "safe": self.safe, **self.details}

    @property
    def sentence(self) -> str:
        """The whole account in the active language, the server's own words included."""
        said = (
            str(_("The server said: “{words}”.")).format(words=self.words.rstrip(" .")) if self.words else ""
        )
        happened = str(self.happened).format(**self.details)
        return " ".join(filter(None, (happened, said, str(_SAFE[self.safe]), str(self.advice))))

    def __str__(self) -> str:
        return self.sentence


class ToldBefore(Problem):
    """A problem that is known by its sentence alone, as it was once written down."""

    @property
    def sentence(self) -> str:
        return self.words


def mended_at(code: str) -> MendedAt:
    """Return where a problem of this kind is mended."""
    return _kinds.get(code, ToldBefore).mended_at


def told(code: str, kept: dict[str, Any]) -> str:
    """Return the sentence of a problem that was kept; a kind that is no longer known leaves its words."""
    kind = _kinds.get(code, ToldBefore)
    try:
        return kind(**kept).sentence
    except (TypeError, KeyError, ValueError):
        return str(kept.get("words", ""))

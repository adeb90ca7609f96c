"""What can go wrong with what somebody writes before it is a message, worded for them."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from harken.tickets.errors import TicketError

if TYPE_CHECKING:
    from harken.tickets.models import Draft, Message


class SentAlready(TicketError):
    """Raised for other words under the key of a message that was sent; `message` is that one."""

    sentence = _(
        "Your answer was sent already, in the words above. What you have changed since is still here: send it again "
        "if it shall go as a second answer."
    )

    def __init__(self, message: "Message") -> None:
        super().__init__()
        self.message = message


class ScheduledAlready(TicketError):
    """Raised for other words under the key of a letter that waits for its time."""

    sentence = _(
        "Your letter is scheduled already, in other words than these. What you have written is still here: send it "
        "again if it shall go as a second letter."
    )


class TakenBack(TicketError):
    """Raised for a press on "Send" that comes once more after its message was taken back."""

    sentence = _("Not sent: you took this answer back. Your text is kept; send it again if it shall go.")


class DraftIsNewer(TicketError):
    """Raised instead of writing over what the same person wrote elsewhere; `draft` is that, `None` when it is gone."""

    sentence = _("Not saved: this draft was changed elsewhere. Both texts are safe.")

    def __init__(self, draft: "Draft | None") -> None:
        super().__init__()
        self.draft = draft


class DraftLeft(TicketError):
    """Raised for a file that comes in the moment in which what it belongs to is sent, scheduled or let go."""

    sentence = _(
        "Not attached, and not kept: what you were writing left in that moment, without this file. Attach the file once"
        " more, and it goes with what you write next."
    )


class TooManyFiles(TicketError):
    def __init__(self, most: int) -> None:
        super().__init__()
        self.sentence = ngettext(
            "A message takes %(most)d file at most; those attached before are kept. "
            "Pack the rest into one archive and attach that.",
            "A message takes %(most)d files at most; those attached before are kept. "
            "Pack the rest into one archive and attach that.",
            most,
        ) % {"most": most}


class FileTooLarge(TicketError):
    def __init__(self, most: str) -> None:
        super().__init__()
        self.sentence = _(
            "Not attached: a file of a message is at most %(most)s, and all of them together five times as much. "
            "Put it where they can fetch it, and send a link."
        ) % {"most": most}

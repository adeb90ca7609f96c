"""What can go wrong when somebody works on a ticket, worded for them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

if TYPE_CHECKING:
    from harken.tickets.models import Message, Ticket


class TicketError(Exception):
    """A refusal that the person can act on; `sentence` says what happened, what is safe and what to do."""

    sentence: Any = ""

    def __str__(self) -> str:
        return str(self.sentence)


class NothingToSend(TicketError):
    sentence = _("Nothing was sent: the message is empty. Write a few words or attach a file.")


class NobodyToSendTo(TicketError):
    sentence = _("Nothing was sent: there is no address to answer to. Add one under “to”; your text is kept.")


class NobodyToForwardTo(TicketError):
    sentence = _("Nothing was sent: say under “to” who shall get it. Your text is kept.")


class StaysInside(TicketError):
    sentence = _("Nothing was sent: what colleagues ask each other stays among them. Your text is kept.")


class NoCustomerTakesPart(TicketError):
    sentence = _(
        "Nothing was changed: no customer takes part in what colleagues ask each other, nor in the sample. "
        "Link the two requests instead."
    )


class ScheduledForThePast(TicketError):
    sentence = _("Not scheduled: that time is over. Choose a later one; your text is kept.")


class ScheduledTooFar(TicketError):
    sentence = _("Not scheduled: that is more than a year away. Look at the year; your text is kept.")


class LeftAlready(TicketError):
    sentence = _("Not taken back: it has left already. Write again if something is to be put right.")


class MailboxIsGone(TicketError):
    """Raised instead of letting a letter leave from another mailbox than the one its writer chose."""

    sentence = _(
        "Nothing was sent: the mailbox it was to leave from is gone. Your text is safe; take it back into the draft "
        "and choose another mailbox."
    )


class SomethingUnseen(TicketError):
    """Raised instead of sending blind; `messages` arrived after what the sender had seen, oldest first."""

    sentence = _("Not sent: something new arrived while you wrote. Your text is kept. Read it, then send.")

    def __init__(self, messages: Sequence["Message"]) -> None:
        super().__init__()
        self.messages = messages


class TicketIsMerged(TicketError):
    sentence = _("This request was merged into another one. Nothing was changed here; go on there.")


class TooLong(TicketError):
    sentence = _("Not sent: the text is longer than a million characters. Attach it as a file instead.")


class NothingToMove(TicketError):
    sentence = _("Nothing was moved: it lies elsewhere by now, or nothing would stay behind.")


class TicketIsSpam(TicketError):
    sentence = _("This request is marked as spam. Nothing was changed; say first that it is none.")


class TimeIsOver(TicketError):
    sentence = _("Not set aside: that time is over. Choose a later one.")


class TooFarAway(TicketError):
    sentence = _("Not set aside: that is more than five years away. Look at the year.")


class ChangedSince(TicketError):
    sentence = _("Not undone: somebody changed it meanwhile. It is as they left it.")


class NothingToUndo(TicketError):
    sentence = _("There is nothing to undo here: it was undone already, or cannot be.")


class WithItself(TicketError):
    sentence = _("That is this request itself. Nothing was changed; give the number of another one.")


class MergedAlready(TicketError):
    """Raised instead of merging into a ticket that is `current` by now."""

    def __init__(self, target: "Ticket", current: "Ticket") -> None:
        super().__init__()
        self.current = current
        words = _("%(target)s was merged into %(current)s. Nothing was changed; merge into that one.")
        self.sentence = words % {"target": target.short_number, "current": current.short_number}


class NotMerged(TicketError):
    sentence = _("This request is merged into no other one. Nothing was changed.")


class OthersWouldSee(TicketError):
    """Raised instead of deciding for somebody else who reads what; `addresses` would get copies of answers."""

    sentence = _(
        "Not merged yet: other people take part there. Say first whether they get copies of answers from now on."
    )

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__()
        self.addresses = addresses


class SomebodyWrites(TicketError):
    """Raised instead of sending beside a colleague who is just writing, on pages that show who does."""

    def __init__(self, name: str) -> None:
        super().__init__()
        words = _(
            "Not sent: %(name)s is writing an answer. Your text is kept. Leave a note, or take over and send."
        )
        self.sentence = words % {"name": name}


class NothingToCallIt(TicketError):
    sentence = _("A tag needs a name. Write a word.")


class TagExists(TicketError):
    sentence = _("There is a tag of that name already. Put the two together instead.")


class TagIsGone(TicketError):
    sentence = _(
        "Nothing was changed: a colleague dropped this tag meanwhile, or put it together with another."
    )


class NameIsTaken(TicketError):
    sentence = _("Not undone: another tag has that name by now. Call that one otherwise, then undo again.")


class TooManyTags(TicketError):
    """Raised instead of putting one more on a ticket that has as many as it can have."""

    def __init__(self, most: int) -> None:
        super().__init__()
        words = _(
            "Nothing was changed: this request has %(most)s tags, as many as it can have. Take one off."
        )
        self.sentence = words % {"most": most}


class NoReason(TicketError):
    sentence = _("Nothing was removed: say why, so that colleagues understand what is missing.")


class RedactedAlready(TicketError):
    sentence = _("The words of this message are removed already. What is left says by whom, when and why.")


class NoSuchState(TicketError):
    sentence = _("Nothing was changed: this state is in the archive. Choose another one.")


class NoSuchArea(TicketError):
    sentence = _("Nothing was changed: this area is in the archive. Choose another one.")


class NotAnswered(TicketError):
    """Raised instead of closing while fields are unanswered that closing needs; `names` are what they are called."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self.names = list(names)
        words = ngettext_lazy(
            "Not closed: %(names)s is to be filled in first.",
            "Not closed: these are to be filled in first: %(names)s.",
            len(self.names),
        )
        self.sentence = words % {"names": in_quotes(self.names)}


def in_quotes(names: Iterable[str]) -> str:
    """Return names as a sentence has them."""
    return ", ".join(f"“{name}”" for name in names)

"""What can go wrong with people and companies, worded for the colleague who must act."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class ContactsError(Exception):
    """A refusal that the person can act on; `sentence` says what happened, what is safe and what to do."""

    sentence: Any = ""

    def __init__(self, **words: Any) -> None:
        super().__init__()
        self.words = words

    def __str__(self) -> str:
        return str(self.sentence) % self.words if self.words else str(self.sentence)


class ChangedMeanwhile(ContactsError):
    """Somebody else saved between reading and saving; `row` is as it is now."""

    sentence = _(
        "Not saved yet: somebody changed this while you wrote. What you typed is kept. Look at both, then save again."
    )

    def __init__(self, row: Any) -> None:
        super().__init__()
        self.row = row


class NameMissing(ContactsError):
    sentence = _("Not saved: there is no name and no address. Give at least one of them.")


class NoAddress(ContactsError):
    sentence = _(
        "“%(text)s” is neither a mail address nor a phone number. Nothing was added; look at it again."
    )


class AddressTaken(ContactsError):
    """Raised for an address that leads to somebody already; `contact` is who."""

    sentence = _(
        "%(address)s belongs to %(name)s already. Nothing was changed. If both are one person, merge them."
    )

    def __init__(self, contact: Any, address: str) -> None:
        super().__init__(address=address, name=contact.display_name)
        self.contact = contact


class NoDomain(ContactsError):
    sentence = _("“%(text)s” is no domain of a company. Write it like crumb.example, or leave it empty.")


class DomainTaken(ContactsError):
    """Raised for a domain that leads to a company already; `company` is which."""

    sentence = _("%(domain)s belongs to %(name)s already. Nothing was changed; choose that company instead.")

    def __init__(self, company: Any) -> None:
        super().__init__(domain=company.domain, name=company.name)
        self.company = company


class CannotMerge(ContactsError):
    sentence = _(
        "Not merged: both are the same person already, or one of them was merged meanwhile. Nothing was changed."
    )


class NothingToTakeBack(ContactsError):
    sentence = _("This merge was taken back already. Nothing was changed.")


class NoteIsEmpty(ContactsError):
    sentence = _("Nothing was noted: the note is empty.")

"""Completing what is known by what a file says: gaps are filled, the rest is replaced only where that was asked for."""

from typing import Any

from harken.contacts.models import Company, Contact, Note, PeopleImport

# Filled answer by answer, by then.
_MERGED = {"fields"}


def filled(row: Contact | Company, given: dict[str, Any], *, replaces: bool) -> dict[str, Any]:
    """Return those of the given values that the row takes."""
    return {
        name: value
        for name, value in given.items()
        if getattr(row, name) != value and (replaces or name in _MERGED or getattr(row, name) in ("", None))
    }


def note_once(importing: PeopleImport, text: str, **about: Contact | Company) -> bool:
    """Write a note down unless the same one stands there already, and say whether it is new."""
    if not text or Note.objects.filter(text=text, **about).exists():
        return False
    Note.objects.create(workspace=importing.workspace, agent=importing.agent, text=text, **about)
    return True

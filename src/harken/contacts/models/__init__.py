from harken.contacts.models.answer import CompanyAnswer, ContactAnswer
from harken.contacts.models.company import Company, PlanChange
from harken.contacts.models.contact import Contact
from harken.contacts.models.identity import PAUSE_AFTER_LOOP, QUIET_AFTER_REACHING, Identity
from harken.contacts.models.merge import Merge
from harken.contacts.models.note import Note
from harken.contacts.models.people_import import PeopleImport
from harken.contacts.models.site import Site

__all__ = [
    "PAUSE_AFTER_LOOP",
    "QUIET_AFTER_REACHING",
    "Company",
    "CompanyAnswer",
    "Contact",
    "ContactAnswer",
    "Identity",
    "Merge",
    "Note",
    "PeopleImport",
    "PlanChange",
    "Site",
]

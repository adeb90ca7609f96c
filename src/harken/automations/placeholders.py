"""Placeholders of saved replies, such as `{{ contact.first_name }}`: which there are, filled in, and left open.

What cannot be filled in stays as it stands, so that whoever reads the answer before it leaves sees the hole.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.contacts.models import Company, Contact
from harken.lib.names import first_name
from harken.tickets.models import Ticket

# Everything that looks like one, known or not; editors hold its blanks apart by fixed ones.
_PLACEHOLDER = re.compile(r"\{\{([^{}<>\n]{1,80})\}\}")


@dataclass(frozen=True)
class About:
    """What a reply is about. A letter that will begin a request has no number, and may be to somebody unknown."""

    contact: Contact | None = None
    company: Company | None = None
    number: str = ""
    subject: str = ""

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(ticket.requester, ticket.company, ticket.short_number, ticket.title)

    @property
    def name(self) -> str:
        return self.contact.name.strip() if self.contact else ""


@dataclass(frozen=True)
class Placeholder:
    """One that is known: its name between the braces, and what it stands for."""

    name: str
    label: str | Promise
    value: Callable[["About", Agent], str]

    @property
    def written(self) -> str:
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class Filled:
    """An answer made of a saved reply; `missing` are the placeholders that stand in it still, as written."""

    text: str
    html: str
    missing: list[str]


PLACEHOLDERS = (
    Placeholder("contact.first_name", _("the customer’s first name"), lambda b, a: first_name(b.name)),
    Placeholder("contact.name", _("the customer’s whole name"), lambda b, a: b.name),
    Placeholder(
        "contact.email", _("the customer’s mail address"), lambda b, a: b.contact.email if b.contact else ""
    ),
    Placeholder(
        "company.name", _("the customer’s company"), lambda b, a: b.company.name if b.company else ""
    ),
    Placeholder("ticket.number", _("the number of the request"), lambda b, a: b.number),
    Placeholder("ticket.subject", _("the subject of the request"), lambda b, a: b.subject),
    Placeholder("agent.first_name", _("your first name"), lambda b, a: first_name(a.name)),
    Placeholder("agent.name", _("your whole name"), lambda b, a: a.name),
    Placeholder("workspace.name", _("what customers know us as"), lambda b, a: a.workspace.name),
)
_KNOWN = {each.name: each for each in PLACEHOLDERS}


def fill(text: str, html: str, *, about: About, by: Agent) -> Filled:
    """Return both forms of an answer with what is known filled in."""
    values = {each.name: each.value(about, by) for each in PLACEHOLDERS}
    filled, formed = (
        _filled(text, values),
        _filled(html, {name: escape(words) for name, words in values.items()}),
    )
    return Filled(filled, formed, holes_in(filled))


def unknown_in(text: str) -> list[str]:
    """Return the placeholders that nothing will ever be filled in for, as they will be shown, each once."""
    return _each_once(found for found in _PLACEHOLDER.findall(text) if _name(found) not in _KNOWN)


def holes_in(text: str) -> list[str]:
    """Return all placeholders that stand in a text, each once."""
    return _each_once(_PLACEHOLDER.findall(text))


def _filled(words: str, values: dict[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(_name(found[1])) or found[0], words)


def _each_once(found: Any) -> list[str]:
    names = (_name(each) for each in found)
    return list(dict.fromkeys(f"{{{{ {name} }}}}" for name in names if name))


def _name(between: str) -> str:
    return " ".join(unescape(between).split())

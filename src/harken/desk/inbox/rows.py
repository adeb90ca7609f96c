"""A row of a list: what is said of a ticket in three lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from harken.agents.models import Agent, User
from harken.contacts.models import Identity
from harken.desk import turns
from harken.lib import rows
from harken.lib.moments import micros_of
from harken.lib.names import first_name
from harken.lib.text import language_of, one_line
from harken.tickets.locks import locks_on
from harken.tickets.models import Ticket
from harken.tickets.models.ticket import TicketQuerySet
from harken.ui.addresses import path_of
from harken.ui.moments import Now, lasting

# What fits into the widest list, so that a page stays light.
SUBJECT_LETTERS = 60
PEEK_LETTERS = 46
STATE_LETTERS = 24
_LINES_REMEMBERED = 8_000
# A reader's drafts on the tickets of a page.
_BEGUN = """
    SELECT ticket_id FROM tickets_draft
    WHERE workspace_id = %s AND agent_id = %s AND leaves_at IS NULL AND ticket_id = ANY(%s)
"""
_WHO = """
    SELECT agents_agent.id, agents_user.name, agents_user.email
    FROM agents_agent JOIN agents_user ON agents_user.id = user_id
    WHERE workspace_id = %s AND agents_agent.id = ANY(%s)
"""


class TicketRow(NamedTuple):
    """What a row is made of, as `read` asks for it."""

    id: int
    number: int
    subject: str
    state: str
    preview: str
    last_activity_at: datetime
    waiting_since: datetime | None
    has_files: bool
    has_problem: bool
    own_state__name: str | None
    requester_id: int
    requester__name: str
    company__name: str | None
    assignee_id: int | None


@dataclass(frozen=True)
class Colleague:
    name: str
    initials: str


class Row(NamedTuple):
    """A ticket in a list, ready to print."""

    number: int
    url: str
    mark: str
    mark_words: str | Promise
    who: str
    company: str
    subject: str
    subject_language: str
    peek: str
    peek_language: str
    when: str
    # When it began to wait or was last heard of; `""` where the key says so.
    moment: str
    # Where it stands in the order of its section, as in `Key`; the numbers alone.
    key: str
    has_files: bool
    # What the workspace calls its state; `""` where it is one of ours.
    state: str
    assignee: Colleague | None
    # Says that the reader has begun to write there; `""` where they have not.
    draft: str


def read(tickets: TicketQuerySet) -> QuerySet[Ticket, Any]:
    """Read of each ticket what its row needs and no more: plain rows cost half of what objects do."""
    return tickets.values_list(*TicketRow._fields, named=True)


def rows_of(tickets: Sequence[TicketRow], agent: Agent, moments: Sequence[str] = ()) -> list[Row]:
    """Return a row for each ticket that came from `read`, in the same order; `moments` name what each is ordered by."""
    writers = locks_on([ticket.id for ticket in tickets], agent.workspace_id)
    known = _Known(
        names=_names(tickets),
        colleagues=_colleagues(tickets, agent),
        drafts=_drafts(tickets, agent),
        words={mark: str(said) for mark, said in turns.WORDS.items()},
        base=path_of("desk:inbox", workspace=agent.workspace.slug).removesuffix("inbox/"),
        now=timezone.now(),
        here=Now.here(),
    )
    shown = [
        _row(ticket, known, by) for ticket, by in zip(tickets, moments or [""] * len(tickets), strict=True)
    ]
    for at, ticket in enumerate(tickets) if writers else ():
        if lock := writers.get(ticket.id):
            shown[at] = _held(shown[at], lock.agent, agent)
    return shown


def _held(row: Row, writer: Agent, reader: Agent) -> Row:
    """Say on a row who writes an answer: that matters more than what the ticket is about."""
    if writer == reader:
        return row._replace(
            mark="held", mark_words=_("You are answering"), peek=_("You are writing"), peek_language=""
        )
    peek = _("%(name)s is writing") % {"name": first_name(writer.name)}
    colleague = Colleague(writer.name, writer.initials)
    return row._replace(
        mark="held", mark_words=turns.WORDS["held"], peek=peek, peek_language="", assignee=colleague
    )


class _Known(NamedTuple):
    """What is looked up once for all rows of a page."""

    names: Mapping[int, str]
    colleagues: Mapping[int, Colleague]
    drafts: set[int]
    words: Mapping[str, str]
    base: str
    now: datetime
    here: Now


def _row(ticket: TicketRow, known: _Known, ordered_by: str) -> Row:
    mark = turns.mark(ticket.state, ticket.waiting_since, ticket.has_problem, known.now)
    moment = ticket.waiting_since or ticket.last_activity_at
    key_at = getattr(ticket, ordered_by) if ordered_by else None
    subject, subject_language = _line(ticket.subject, SUBJECT_LETTERS)
    peek, peek_language = _line(ticket.preview, PEEK_LETTERS)
    if mark == "fail":
        peek, peek_language = _("Not delivered"), ""
    return Row(
        number=ticket.number,
        url=f"{known.base}tickets/{ticket.number}/",
        mark=mark,
        mark_words=known.words[mark],
        who=known.names[ticket.requester_id],
        company=ticket.company__name or "",
        subject=subject or _("(no subject)"),
        subject_language=subject_language,
        peek=peek,
        peek_language=peek_language,
        when=lasting((known.now - moment).total_seconds())
        if ticket.waiting_since
        else known.here.name(moment),
        moment="" if key_at == moment else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}Z",
        key=f"{micros_of(key_at)}.{ticket.id}" if key_at else "",
        has_files=ticket.has_files,
        state=one_line(ticket.own_state__name or "", STATE_LETTERS),
        assignee=known.colleagues.get(ticket.assignee_id or 0),
        draft=_("draft") if ticket.id in known.drafts else "",
    )


@lru_cache(_LINES_REMEMBERED)
def _line(text: str, letters: int) -> tuple[str, str]:
    """Return a text on one line, and its language, `""` where nothing shows it: the same at every load of a list."""
    line = one_line(text, letters)
    return line, "" if line.isascii() else language_of(line)


def _names(tickets: Sequence[TicketRow]) -> dict[int, str]:
    """Name each requester; those without a name go by their first address, in one query for all of them."""
    names = {ticket.requester_id: ticket.requester__name for ticket in tickets}
    nameless = [contact_id for contact_id, name in names.items() if not name]
    addresses = Identity.objects.filter(contact__in=nameless).order_by("-pk") if nameless else ()
    return (
        names
        | dict.fromkeys(nameless, _("Unknown sender"))
        | {each.contact_id: each.address for each in addresses}
    )


def _drafts(tickets: Sequence[TicketRow], agent: Agent) -> set[int]:
    """Return the tickets on which the reader has begun to write."""
    if not tickets:
        return set()
    ids = [ticket.id for ticket in tickets]
    return {ticket_id for (ticket_id,) in rows.ask(_BEGUN, [agent.workspace_id, agent.pk, ids])}


def _colleagues(tickets: Sequence[TicketRow], agent: Agent) -> dict[int, Colleague]:
    """Return those whose square stands in a row; the reader's own would say nothing."""
    wanted = {ticket.assignee_id for ticket in tickets} - {None, agent.pk}
    found = rows.ask(_WHO, [agent.workspace_id, [*wanted]]) if wanted else ()
    agents = (Agent(pk=pk, user=User(name=name, email=email)) for pk, name, email in found)
    return {each.pk: Colleague(each.name, each.initials) for each in agents}

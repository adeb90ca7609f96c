"""The letter about one request: what is new in it, what was said before, and how an answer goes on from here.

It is made anew on every attempt, of the messages up to the position that its Message-ID was signed for: whoever answers
it has seen those, and is refused like on the page when anything newer is there.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.agents.models import Agent
from harken.channels.email.signatures import Signed, note_address, notice_id, reply_address
from harken.channels.leaving.outgoing import address_of
from harken.channels.leaving.to_colleagues import LINE_BEGINS, LINE_ENDS
from harken.notifications.letters.page import Page, Passage, settings_link
from harken.notifications.models import Kind, Notice, Telling
from harken.tickets.models import Message, Ticket
from harken.ui.moments import when

MOST_NEWS, MOST_BEFORE = 10, 5
LETTERS_OF_NEWS, LETTERS_OF_BEFORE = 20_000, 1_000
MOST_NAMED = 3
MOST_FILES = 10


def shown_up_to(ticket: Ticket, notices: Sequence[Notice]) -> int:
    """Return the last position that a letter of these notices will show; the rest of a flood is left to the page."""
    news = ticket.messages.filter(position__gte=_first_position(ticket, notices)).order_by("position")
    positions = list(news.values_list("position", flat=True)[: MOST_NEWS + 1])
    if len(positions) > MOST_NEWS:
        return positions[MOST_NEWS - 1]
    return ticket.last_position


def reference_for(ticket: Ticket, agent: Agent, position: int) -> str:
    """Return a Message-ID that says for itself what its letter has shown, and to whom."""
    mailbox = address_of(ticket) or f"harken@{urlsplit(settings.HARKEN_URL).hostname}"
    return notice_id(agent.workspace, mailbox, Signed(ticket.pk, agent.pk, position))


def page_about(telling: Telling) -> Page:
    """Return what the letter says, in the language of the moment."""
    ticket = _ticket_of(telling)
    notices = list(telling.notices.select_related("message").order_by("event_id"))
    first = _first_position(ticket, notices)
    messages = ticket.messages.filter(position__lte=telling.shown_up_to).select_related(
        "author_agent__user", "author_contact"
    )
    news = messages.filter(position__gte=first).prefetch_related("attachments__file").order_by("position")
    before = messages.filter(position__lt=first).order_by("-position")[:MOST_BEFORE]
    return Page(
        subject=f"{ticket.title} [{ticket.short_number}]",
        line=_line(telling, ticket, notices),
        intro=" ".join(_reasons(ticket, notices, first)),
        news=[_passage(each, LETTERS_OF_NEWS) for each in news[:MOST_NEWS]] + _rest(telling, ticket),
        link=ticket.workspace.url_for(f"tickets/{ticket.number}/"),
        button=_("Open the request"),
        before=[_passage(each, LETTERS_OF_BEFORE) for each in reversed(before)],
        why=_why(ticket, notices, telling.agent),
        settings_link=settings_link(telling),
    )


def answers_go_to(telling: Telling) -> str:
    """Return the signed address that an answer goes to, made for this colleague alone; `""` when there is none."""
    ticket = _ticket_of(telling)
    mailbox = address_of(ticket)
    if not mailbox:
        return ""
    if _is_among_colleagues(telling.notices.all()):
        return note_address(ticket.workspace, mailbox, ticket.pk, telling.agent_id)
    return reply_address(ticket.workspace, mailbox, ticket.pk, telling.agent_id) if _reached(ticket) else ""


def earlier_references(telling: Telling) -> tuple[str, ...]:
    """Return the letter before about the same request, so that mail programs keep them together."""
    earlier = Telling.objects.filter(
        agent=telling.agent_id, ticket=telling.ticket_id, way=telling.way, pk__lt=telling.pk
    )
    before = earlier.exclude(reference="").order_by("pk").values_list("reference", flat=True)
    found = list(before)
    return tuple(dict.fromkeys([*found[:1], *found[-1:]]))


def author_of(telling: Telling) -> str:
    """Return whom a letter tells of: who wrote last, or who handed it on."""
    notice = telling.notices.select_related("message__author_agent__user", "message__author_contact").last()
    if notice and notice.message:
        return notice.message.author_name
    return _name_of(notice.by_agent_id) if notice else ""


def _ticket_of(telling: Telling) -> Ticket:
    assert telling.ticket
    return telling.ticket


def _first_position(ticket: Ticket, notices: Sequence[Notice]) -> int:
    """Where the news begins; what was only handed on begins with what the customer said last."""
    positions = [
        notice.message.position
        for notice in notices
        if notice.message and notice.message.ticket_id == ticket.pk
    ]
    if positions:
        return min(positions)
    said = ticket.messages.filter(kind=Message.Kind.CONTACT).order_by("-position")
    return said.values_list("position", flat=True).first() or ticket.last_position


def _is_among_colleagues(notices: Iterable[Notice]) -> bool:
    return any(notice.kind == Kind.NAMED for notice in notices)


def _reached(ticket: Ticket) -> list[str]:
    return list(dict.fromkeys([*ticket.reply_addresses, *ticket.copied_addresses]))


def _line(telling: Telling, ticket: Ticket, notices: Sequence[Notice]) -> str:
    if not answers_go_to(telling):
        return ""
    if _is_among_colleagues(notices):
        words = _("Write above this line: your answer becomes a note that only colleagues read.")
    else:
        people = _reached(ticket)
        more = "…" if len(people) > MOST_NAMED else ""
        words = _("Write above this line: your answer is sent to %(people)s.")
        words %= {"people": ", ".join(people[:MOST_NAMED]) + more}
    return f"{LINE_BEGINS} {words} {LINE_ENDS}"


def _reasons(ticket: Ticket, notices: Sequence[Notice], first: int) -> list[str]:
    """Say once what happened, the most personal first."""
    kinds = {notice.kind: notice for notice in notices}
    reasons = []
    if named := kinds.get(Kind.NAMED):
        reasons.append(_("%(name)s names you.") % {"name": _name_of(named.by_agent_id)})
    if handed := kinds.get(Kind.HANDED):
        reasons.append(_("%(name)s handed you this request.") % {"name": _name_of(handed.by_agent_id)})
    if Kind.ARRIVED in kinds and not reasons:
        is_first = not ticket.messages.filter(position__lt=first).exists()
        reasons.append(_("A new request.") if is_first else _("Something new in a request."))
    return reasons


def _name_of(agent_id: int | None) -> str:
    agent = Agent.objects.filter(pk=agent_id).first() if agent_id else None
    return agent.name if agent else _("The desk")


def _passage(message: Message, letters: int) -> Passage:
    heading = {
        Message.Kind.CONTACT: _("%(name)s wrote, %(moment)s:"),
        Message.Kind.REPLY: _("%(name)s answered, %(moment)s:"),
        Message.Kind.FORWARD: _("%(name)s forwarded, %(moment)s:"),
        Message.Kind.NOTE: _("%(name)s noted, %(moment)s, for colleagues only:"),
    }.get(Message.Kind(message.kind), _("The desk wrote by itself, %(moment)s:"))
    words = {"name": message.author_name, "moment": when(message.created_at)}
    text = (message.visible_text or message.text).strip()
    cut = "…" if len(text) > letters else ""
    return Passage(heading % words, "\n\n".join(filter(None, [text[:letters] + cut, _files(message)])))


def _files(message: Message) -> str:
    names = [each.name for each in message.attachments.all() if not each.is_inline]
    if not names:
        return ""
    more = "…" if len(names) > MOST_FILES else ""
    return _("Files: %(names)s") % {"names": ", ".join(names[:MOST_FILES]) + more}


def _rest(telling: Telling, ticket: Ticket) -> list[Passage]:
    more = ticket.messages.filter(position__gt=telling.shown_up_to).count()
    told = ngettext(
        "%(count)d more came since. Open the request.", "%(count)d more came since. Open the request.", more
    )
    return [Passage(text=told % {"count": more})] if more else []


def _why(ticket: Ticket, notices: Sequence[Notice], agent: Agent) -> str:
    if any(notice.kind != Kind.ARRIVED for notice in notices):
        return _("You get this letter because it is for you.")
    if ticket.assignee_id == agent.pk:
        return _("You get this letter because the request is yours.")
    if ticket.assignee_id is None:
        return _("You get this letter because nobody has taken the request.")
    return _("You get this letter because you asked for everything new.")

"""One letter about many requests: who wants what, and the way there."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.notifications.letters.page import Page, Passage, settings_link
from harken.notifications.models import Notice, Telling
from harken.tickets.models import Ticket
from harken.ui.moments import when

MOST_SHOWN = 30


def page_about(telling: Telling) -> Page:
    """Return what the letter says, in the language of the moment."""
    notices = telling.notices.select_related("ticket__merged_into", "ticket__requester")
    matters: dict[int, Ticket] = {}
    for notice in notices.order_by("-event_id"):
        current = notice.ticket.current
        matters.setdefault(current.pk, current)
    return Page(
        subject=_subject(telling, list(matters.values())),
        intro=_("The newest first. To answer, open one of them."),
        news=[passage_of(ticket) for ticket in list(matters.values())[:MOST_SHOWN]],
        link=telling.workspace.url_for(),
        button=_rest(len(matters) - MOST_SHOWN),
        why=_("So much came that it is told in one letter."),
        settings_link=settings_link(telling),
    )


def headline(notices: list[Notice]) -> str:
    """Say how many requests have news."""
    count = len({notice.ticket_id for notice in notices})
    return ngettext("%(count)d request with news", "%(count)d requests with news", count) % {"count": count}


def passage_of(ticket: Ticket) -> Passage:
    """Return a request in three lines: who and when, what, where."""
    who = ticket.requester.name or ticket.requester.email
    heading = f"{ticket.short_number} · {ticket.title}"
    return Passage(
        heading,
        f"{who}, {when(ticket.last_activity_at)}: {ticket.preview}",
        ticket.workspace.url_for(f"tickets/{ticket.number}/"),
    )


def _subject(telling: Telling, tickets: list[Ticket]) -> str:
    count = len(tickets)
    words = ngettext("%(count)d request with news", "%(count)d requests with news", count)
    return f"{words % {'count': count}} · {telling.workspace.name}"


def _rest(more: int) -> str:
    if more <= 0:
        return _("Open the desk")
    return ngettext("%(count)d more: open the desk", "%(count)d more: open the desk", more) % {"count": more}

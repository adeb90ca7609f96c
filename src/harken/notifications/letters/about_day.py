"""The daily digest: who waits, what is theirs, what the last day brought."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.agents.models import Agent
from harken.notifications.letters.about_several import passage_of
from harken.notifications.letters.page import Page, Passage, settings_link
from harken.notifications.models import Telling
from harken.tickets.models import Message, Ticket
from harken.tickets.models.lists import TicketQuerySet

MOST_WAITING = 10
A_DAY = timedelta(days=1)


def has_something_to_say(agent: Agent) -> bool:
    """Say whether anybody waits for us: a day on which nobody does needs no letter."""
    return _waiting(agent).exists()


def page_about(telling: Telling) -> Page:
    """Return what the letter says, in the language of the moment."""
    agent = telling.agent
    waiting = _waiting(agent)
    longest = waiting.select_related("requester").order_by("waiting_since", "pk")[:MOST_WAITING]
    count = waiting.count()
    return Page(
        subject=_subject(telling, count),
        intro=_("The longest waiting first."),
        news=[*map(passage_of, longest), Passage(text=_of_the_day(telling))],
        link=telling.workspace.url_for(),
        button=_("Open the desk"),
        why=_("You get this letter once a day."),
        settings_link=settings_link(telling),
    )


def _waiting(agent: Agent) -> TicketQuerySet:
    return Ticket.objects.visible_to(agent).waiting_for_us()


def _subject(telling: Telling, count: int) -> str:
    words = ngettext("%(count)d request waits", "%(count)d requests wait", count) % {"count": count}
    return f"{words} · {telling.workspace.name}"


def _of_the_day(telling: Telling) -> str:
    """Counts, one sentence each: what is theirs, what came and what was answered."""
    since = telling.made_at - A_DAY
    mine = _waiting(telling.agent).assigned_to(telling.agent).count()
    messages = Message.objects.visible_to(telling.agent).filter(
        created_at__gt=since, created_at__lte=telling.made_at, is_automatic=False
    )
    came = messages.filter(kind=Message.Kind.CONTACT).count()
    answered = messages.filter(kind=Message.Kind.REPLY).count()
    return "\n".join(
        (
            ngettext("%(count)d of them is yours.", "%(count)d of them are yours.", mine) % {"count": mine},
            ngettext(
                "%(count)d letter came since yesterday.", "%(count)d letters came since yesterday.", came
            )
            % {"count": came},
            ngettext("%(count)d was answered.", "%(count)d were answered.", answered) % {"count": answered},
        )
    )

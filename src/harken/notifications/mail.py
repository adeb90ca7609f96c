"""Letters to colleagues on their way: what was written down is sent, the same letter on every attempt."""

from datetime import timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from harken.agents.models import Agent
from harken.channels.contract import Address, OutcomeState
from harken.channels.leaving.to_colleagues import (
    LetterToColleague,
    WayOut,
    send_to_colleague,
    turn_at,
    way_out,
)
from harken.notifications.letters import about_day, about_request, about_several, trial
from harken.notifications.letters.page import Page, own_reference, spoken_to
from harken.notifications.models import Telling, Way
from harken.notifications.telling import alone_with, gather

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(days=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
NOW = timedelta(seconds=1)
LONGEST_NAME = 60

_PAGES = {
    Telling.About.REQUEST: about_request.page_about,
    Telling.About.SEVERAL: about_several.page_about,
    Telling.About.DAY: about_day.page_about,
    Telling.About.TEST: trial.page_about,
}


def tell_by_mail(agent: Agent) -> int:
    """Write to a colleague what is due; how many letters left. Harmless twice, and beside another that does it."""
    with alone_with(agent) as is_alone:
        if not is_alone:
            return 0
        gather(agent, Way.MAIL)
        tellings = Telling.objects.open().filter(agent=agent, way=Way.MAIL, not_before__lte=timezone.now())
        waiting = tellings.select_related("agent__user", "workspace", "ticket__workspace").order_by("pk")
        return sum(_leaves(telling) for telling in waiting)


def _leaves(telling: Telling) -> bool:
    """Send one letter, and say whether it was taken."""
    way = way_out(telling.workspace)
    if way is None or not telling.agent.is_active:
        return _end(telling, problem="")
    turn = turn_at(telling.workspace, way) if telling.attempts == 0 else None
    if turn and turn > timezone.now() + NOW:
        _wait(telling, until_attempt=1)
        Telling.objects.filter(pk=telling.pk).update(not_before=turn)
        return False
    with spoken_to(telling):
        outcome = send_to_colleague(_under_a_name(way, telling), letter_of(telling), telling.agent)
    # After silence the letter may have left: a second one would be one too many.
    if outcome.state in (OutcomeState.SENT, OutcomeState.UNKNOWN):
        _end(telling, problem="")
        return True
    if outcome.state == OutcomeState.FAILED or timezone.now() - telling.made_at > GIVE_UP_AFTER:
        log.warning("a colleague could not be told by mail", telling=telling.pk)
        return _end(telling, problem=outcome.words)
    _wait(telling, until_attempt=telling.attempts + 1, problem=outcome.words)
    return False


def letter_of(telling: Telling) -> LetterToColleague:
    """Return the letter, in the language of the moment."""
    page: Page = _PAGES[Telling.About(telling.about)](telling)
    is_answered = telling.about == Telling.About.REQUEST
    return LetterToColleague(
        reference=telling.reference or own_reference(telling),
        subject=page.subject,
        text=page.text,
        html=page.html,
        written_at=telling.made_at,
        reply_to=about_request.answers_go_to(telling) if is_answered else "",
        references=about_request.earlier_references(telling) if is_answered else (),
    )


def _under_a_name(way: WayOut, telling: Telling) -> WayOut:
    """Whoever wrote is named as the sender, so that a list of letters says at once whom they are about."""
    if telling.about != Telling.About.REQUEST:
        return way
    author = about_request.author_of(telling)[:LONGEST_NAME]
    name = f"{author} · {telling.workspace.name}" if author else telling.workspace.name
    return WayOut(way.relay, Address(way.sender.email, name))


def _end(telling: Telling, *, problem: str) -> bool:
    Telling.objects.filter(pk=telling.pk).update(
        done_at=timezone.now(), problem=problem, attempts=F("attempts") + 1
    )
    return False


def _wait(telling: Telling, *, until_attempt: int, problem: str = "") -> None:
    pause = min(FIRST_PAUSE * 2 ** min(until_attempt - 1, 10), LONGEST_PAUSE)
    Telling.objects.filter(pk=telling.pk).update(
        attempts=until_attempt, not_before=timezone.now() + pause, problem=problem
    )

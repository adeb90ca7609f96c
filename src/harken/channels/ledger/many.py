"""What is said of several held letters at once, and taken back."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse, QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from harken.agents.middleware import AgentRequest
from harken.channels.arriving import rejudge
from harken.channels.email.dns import Questions
from harken.channels.ledger.held_page import MOST_HELD, Done, held_page
from harken.channels.models import Arrival
from harken.lib.numbers import whole_numbers

HOLD = "hold"
VERDICTS: dict[str, Callable[..., Arrival]] = {
    "open": rejudge.open_as_request,
    "again": rejudge.try_again,
    "spam": rejudge.call_spam,
    "lie": rejudge.let_lie,
    HOLD: rejudge.hold_again,
}
# What is taken back by holding them again; a request that was opened is called spam or merged where it is.
TAKEN_BACK = {"spam", "lie"}


@require_POST
def judgements(request: AgentRequest) -> HttpResponse:
    """POST says of the letters `letter` what they are, by `verdict`; what somebody else decided stays."""
    verb = VERDICTS.get(request.POST.get("verdict", ""))
    if verb is rejudge.open_as_request:
        # All of them together wait no longer for name servers than one would.
        verb = partial(verb, ask=Questions())
    if verb is None:
        return _refused(request, gettext_lazy("Nothing was changed: choose what the letters are."))
    letters = Arrival.objects.visible_to(request.agent).select_related("raw", "channel", "workspace")
    chosen = list(letters.filter(pk__in=_ids(request.POST)).order_by("pk"))
    if not chosen:
        return _refused(request, gettext_lazy("Nothing was changed: choose the letters first."))
    judged = [each for each in chosen if _judged(verb, each, request)]
    return held_page(
        request, Done(_said(request.POST["verdict"], len(judged), len(chosen)), _undone(request, judged))
    )


def _judged(verb: Callable[..., Arrival], arrival: Arrival, request: AgentRequest) -> bool:
    try:
        verb(arrival, by=request.agent)
    except rejudge.CannotJudge:
        return False
    return True


def _refused(request: AgentRequest, sentence: str | Promise) -> HttpResponse:
    return held_page(request, Done(str(sentence), is_refusal=True), status=422)


def _undone(request: AgentRequest, judged: list[Arrival]) -> list[int]:
    return [each.pk for each in judged] if request.POST["verdict"] in TAKEN_BACK else []


def _ids(given: QueryDict) -> list[int]:
    return whole_numbers(given.getlist("letter")[:MOST_HELD])


def _said(verdict: str, judged: int, chosen: int) -> str:
    said = {
        "open": ngettext("%(count)s letter became a request.", "%(count)s letters became requests.", judged),
        "again": ngettext(
            "%(count)s letter is being tried again.", "%(count)s letters are being tried again.", judged
        ),
        "spam": ngettext("%(count)s letter is kept as spam.", "%(count)s letters are kept as spam.", judged),
        "lie": ngettext(
            "%(count)s letter stays in the ledger and is no work any more.",
            "%(count)s letters stay in the ledger and are no work any more.",
            judged,
        ),
        HOLD: ngettext("%(count)s letter is held again.", "%(count)s letters are held again.", judged),
    }[verdict] % {"count": judged}
    if judged == chosen:
        return said
    return f"{said} {_('Somebody else decided about the others a moment ago.')}"

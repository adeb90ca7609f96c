"""Silence that is not usual: letters came in the same hours of earlier weeks, and now none does.

Quiet nights and week-ends are quiet in every week, and a young or little used mailbox says nothing: both are
never an alarm. A test letter that came back proves that silence is only silence.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.channels.models import Arrival, Channel, Heartbeat, Mailbox, Part
from harken.channels.problems import Problem
from harken.ui.moments import when

WEEK = timedelta(days=7)
WEEKS_LOOKED_AT = 8
FEWEST_WEEKS = 3
# With five expected, none at all happens by chance once in 150 such spans.
FEWEST_USUAL = 5
SHORTEST = timedelta(minutes=15)


class UnusuallySilent(Problem):
    """No letter for longer than the same hours of other weeks were without one."""

    happened = _("No letter since {since}. In the same hours of other weeks about {usual} came.")
    advice = _("Look into the mailbox: do letters wait there, or did its forwarding stop?")

    @property
    def sentence(self) -> str:
        since = when(datetime.fromisoformat(self.details["since"]))
        happened = str(self.happened).format(since=since, usual=self.details["usual"])
        return f"{happened} {self.advice}"


def listen(mailbox: Mailbox) -> None:
    """Say that a mailbox is more silent than usual, or no longer."""
    channel, since = mailbox.channel, _silent_since(mailbox)
    usual = _usual(channel, since) if since else 0
    if since is None or usual < FEWEST_USUAL:
        channel.report_well(Part.SILENCE)
    elif not channel.troubles.standing().filter(part=Part.SILENCE).exists():
        problem = UnusuallySilent(since=since.isoformat(), usual=usual)
        channel.report_trouble(Part.SILENCE, problem)


def _silent_since(mailbox: Mailbox) -> datetime | None:
    last = mailbox.channel.last_received_at
    returned = Heartbeat.objects.filter(mailbox=mailbox).values_list("returned_at", flat=True).first()
    known = [moment for moment in (last, returned) if moment]
    since = max(known) if last and known else None
    return since if since and timezone.now() - since >= SHORTEST else None


def _usual(channel: Channel, since: datetime) -> int:
    """How many letters came on average in the same hours of earlier weeks; 0 when one of them had none."""
    now = timezone.now()
    start, first = max(since, now - WEEK), _first_arrival(channel)
    known = [
        _count(channel, start - WEEK * weeks, now - WEEK * weeks)
        for weeks in range(1, WEEKS_LOOKED_AT + 1)
        if first and start - WEEK * weeks >= first
    ]
    return round(sum(known) / len(known)) if len(known) >= FEWEST_WEEKS and all(known) else 0


def _first_arrival(channel: Channel) -> datetime | None:
    return _letters(channel).order_by("id").values_list("received_at", flat=True).first()


def _count(channel: Channel, start: datetime, end: datetime) -> int:
    return _letters(channel).filter(received_at__gt=start, received_at__lte=end).count()


def _letters(channel: Channel) -> QuerySet[Arrival]:
    whose = Arrival.objects.filter(workspace_id=channel.workspace_id, channel=channel)
    return whose.exclude(rule__startswith="heartbeat").exclude(source="import")

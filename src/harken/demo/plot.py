"""What happens to whom and when: two hundred plays, the same every time but for the day they are told on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from harken.demo.cast import COLLEAGUE, PERSON, Colleague, Person, speakers_of
from harken.demo.library import Story, Turn, stories

SEED = 4817
# How many tickets there are in each language, set pieces and spam among them.
QUOTAS = {"en": 86, "ru": 34, "ja": 30, "ar": 27, "yo": 23}
DAYS = 150

# What became of those that are not closed well; minutes since the customer's last word for those that wait.
WAITING_MINUTES: tuple[int, ...] = (5, 9, 14, 23, 34, 52, 95, 140, 215, 330, 560, 940, 1500, 2100, 3300, 5200)
WAITING_FOR_THEM, SET_ASIDE, LOST = 16, 4, 9

# Who answers in which language, the more often named the more often.
_ANSWERING = {"en": "mmmtttoo", "ru": "ooooom", "ja": "mmt", "ar": "ttm", "yo": "mmto"}
_INITIALS = {"m": COLLEAGUE["maya"], "t": COLLEAGUE["tomas"], "o": COLLEAGUE["olga"]}
# Least and most minutes that pass before a turn of each kind.
_PAUSES = {"customer": (7, 1300), "reply": (4, 190), "note": (2, 45), "assign": (1, 12), "draft": (2, 45)}
_END_PAUSE = (2, 900)


@dataclass(frozen=True)
class Act:
    """One turn of a story, told: who, when, and the words with every blank filled in."""

    turn: Turn
    by: Person | Colleague
    at: datetime
    text: str


@dataclass(frozen=True)
class Play:
    """One story told of one person."""

    subject: str
    asker: Person
    acts: tuple[Act, ...]


def plays(now: datetime, zone: ZoneInfo) -> list[Play]:
    """Return all plays, in the order in which they begin."""
    told = [play for language in QUOTAS for play in _in_language(language, now, zone)]
    return sorted(told, key=lambda play: play.acts[0].at)


def _in_language(language: str, now: datetime, zone: ZoneInfo) -> Iterator[Play]:
    chance = Random(f"{SEED} {language}")
    fixed = [story for story in (*stories("pieces"), *stories("spam")) if _language(story) == language]
    clock = _Clock(now, zone, chance)
    for story in fixed:
        yield _told(story, PERSON[story.asker], clock, 0.0)
    cast = list(_casting(language, QUOTAS[language] - len(fixed), chance))
    for (story, asker), (fate, minutes_ago) in zip(cast, _fates(language, len(cast), chance), strict=True):
        yield _told(_with_fate(story, fate, chance), asker, clock, minutes_ago)


def _language(story: Story) -> str:
    return PERSON[story.asker].language


def _casting(language: str, number: int, chance: Random) -> Iterator[tuple[Story, Person]]:
    """Hand out the stories, each to somebody else every time it is told."""
    tales = stories(language)
    orders = [chance.sample(speakers_of(language), k=len(speakers_of(language))) for _tale in tales]
    for turn in range(number):
        told_before, place = divmod(turn, len(tales))
        yield tales[place], orders[place][told_before]


def _fates(language: str, number: int, chance: Random) -> list[tuple[str, float]]:
    """Return an end and its age in minutes for each play of a language, its share of each kind of end."""
    languages = list(QUOTAS)
    share = slice(languages.index(language), None, len(languages))
    ends = [("us", float(minutes)) for minutes in WAITING_MINUTES[share]]
    ends += [("them", chance.uniform(20, 9 * 1440)) for _ in range(WAITING_FOR_THEM)[share]]
    ends += [("aside", chance.uniform(1440, 12 * 1440)) for _ in range(SET_ASIDE)[share]]
    ends += [("lost", chance.uniform(3, DAYS) * 1440) for _ in range(LOST)[share]]
    closed = number - len(ends)
    ends += [("close", (place + chance.random()) / closed * DAYS * 1440) for place in range(closed)]
    chance.shuffle(ends)
    return ends


def _with_fate(story: Story, fate: str, chance: Random) -> Story:
    if fate == "us":
        waiting = story.up_to("customer")
        is_taken = len(waiting.turns) == 1 and chance.random() < 0.4
        return waiting.ending("assign") if is_taken else waiting
    if fate == "close":
        return story.ending(fate)
    answered = story.up_to("reply")
    return answered if fate == "them" else answered.ending(fate)


def _told(story: Story, asker: Person, clock: "_Clock", end_minutes_ago: float) -> Play:
    chance = clock.chance
    lead = _INITIALS[chance.choice(_ANSWERING[asker.language])]
    words = {"called": asker.called, "me": asker.name, "company": asker.company, "agent": lead.name}
    words["number"] = str(chance.randrange(2100, 9900))
    moments = clock.moments(story.turns, end_minutes_ago)
    acts = (
        Act(turn, _actor(turn, asker, lead), at, turn.text.format_map(words))
        for turn, at in zip(story.turns, moments, strict=True)
    )
    return Play(story.subject.format_map(words), asker, tuple(acts))


def _actor(turn: Turn, asker: Person, lead: Colleague) -> Person | Colleague:
    if turn.by:
        return PERSON.get(turn.by) or COLLEAGUE[turn.by]
    return asker if turn.kind == "customer" else lead


class _Clock:
    """Gives each turn its moment, from the last one backwards; colleagues write in working hours only."""

    def __init__(self, now: datetime, zone: ZoneInfo, chance: Random) -> None:
        self._now, self._zone, self.chance = now, zone, chance

    def moments(self, turns: tuple[Turn, ...], end_minutes_ago: float) -> list[datetime]:
        """Return a moment for each turn, the last one the given minutes ago."""
        if turns[0].minutes_ago is not None:
            return [self._ago(turn.minutes_ago or 0) for turn in turns]
        at = self._ago(end_minutes_ago)
        found: list[datetime] = []
        for turn in reversed(turns):
            at = at if turn.kind == "customer" else self._at_work(at)
            found.append(at)
            least, most = _PAUSES.get(turn.kind, _END_PAUSE)
            at -= timedelta(
                minutes=self.chance.triangular(least, most, least), seconds=self.chance.random() * 60
            )
        return found[::-1]

    def _ago(self, minutes: float) -> datetime:
        return self._now - timedelta(minutes=minutes)

    def _at_work(self, at: datetime) -> datetime:
        local = at.astimezone(self._zone)
        while local.weekday() >= 5 or not 8 <= local.hour < 18:
            local -= timedelta(hours=1)
        return local.astimezone(at.tzinfo)

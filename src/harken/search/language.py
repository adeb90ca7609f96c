"""The language in which search is asked: words, "phrases", -not, and filters such as `from:ann`.

Nothing that can be typed is an error: what is not understood is said in a sentence, and the rest is searched.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.agents.models import Agent
from harken.channels.models import Channel
from harken.fields.answers import sought
from harken.fields.errors import Unfit
from harken.fields.models import Field
from harken.lib.text import clean
from harken.search.contents import HAS_FILE
from harken.search.words import is_address, is_unspaced, pairs, runs, sequence
from harken.tickets.models import Area, FieldAnswer, OwnState, Tag, TicketTag
from harken.tickets.states import CLOSED_STATES, State

LONGEST_QUESTION = 4000
MOST_TERMS = 32

FILTERS = (
    *("from", "to", "company", "tag", "channel", "state", "area", "agent"),
    *("before", "after", "has", "is"),
)

OWN_FIELD = "field."

_QUOTES = str.maketrans(dict.fromkeys("“”„«»「」『』‟＂", '"'))
_PIECE = re.compile(
    r'(?P<no>-)?(?:(?P<name>[A-Za-z_]+|field\.[A-Za-z0-9_]+):(?!//))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]*))'
)
_NUMBER = re.compile(r"#\d{1,18}")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


class Term(NamedTuple):
    """Words that a message must all have, or must not; `together` are those that must follow each other."""

    words: tuple[str, ...]
    is_not: bool = False
    is_exact: bool = False
    together: str = ""
    shown: str = ""


@dataclass
class Asked:
    """A question, taken apart. `notices` are sentences for whoever asked."""

    terms: list[Term] = field(default_factory=list)
    tickets: Q = field(default_factory=Q)
    before: datetime | None = None
    after: datetime | None = None
    notices: list[str] = field(default_factory=list)
    names_a_state: bool = False
    has_filters: bool = False
    # Whether somebody may still be writing the last word.
    is_open_ended: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.terms and not self.has_filters

    def say(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)


def understand(question: str, agent: Agent) -> Asked:
    """Take a question apart, on behalf of an agent, in the days of their workspace."""
    asked = Asked()
    text = clean(question).translate(_QUOTES)[:LONGEST_QUESTION]
    pieces = list(islice(filter(_says_anything, _PIECE.finditer(text)), MOST_TERMS + 1))
    if len(pieces) > MOST_TERMS or len(question) > LONGEST_QUESTION:
        told = ngettext(
            "Only the first %(count)d word was searched.",
            "Only the first %(count)d words were searched.",
            MOST_TERMS,
        )
        asked.say(told % {"count": MOST_TERMS})
    reader = _Reader(asked, agent)
    for piece in pieces[:MOST_TERMS]:
        reader.take(piece)
    asked.is_open_ended = bool(pieces) and bool(pieces[-1]["word"]) and not pieces[-1]["name"]
    if asked.is_empty and text.strip() and not asked.notices:
        asked.say(_("There is no word in it to look for. Write a word, a name or a number."))
    return asked


def _says_anything(piece: re.Match[str]) -> bool:
    return bool(piece[0].strip("-"))


class _Reader:
    """Takes the pieces of a question one by one."""

    def __init__(self, asked: Asked, agent: Agent) -> None:
        self._asked, self._agent = asked, agent
        self._zone: ZoneInfo = agent.workspace.zone

    def take(self, piece: re.Match[str]) -> None:
        name = (piece["name"] or "").lower()
        said = piece["word"] if piece["phrase"] is None else piece["phrase"]
        is_not = bool(piece["no"])
        if name.startswith(OWN_FIELD) and said.strip():
            self._own_field(name.removeprefix(OWN_FIELD), said.strip(), is_not=is_not)
            return
        if name in FILTERS:
            self._filter(name, said.strip(), is_not=is_not)
            return
        if name and said:
            known = ", ".join(f"{each}:" for each in FILTERS)
            told = {"name": f"{name}:", "known": known}
            self._asked.say(
                _("There is no filter “%(name)s”; it was searched as words. Filters are %(known)s.") % told
            )
        if piece["phrase"] is not None:
            self._phrase(f"{name} {said}", is_not=is_not)
        else:
            self._words(f"{name} {said}" if name else said, is_not=is_not)

    def _phrase(self, said: str, *, is_not: bool) -> None:
        tokens = _phrase_tokens(said)
        if tokens:
            words, together = tuple(dict.fromkeys(tokens)), " ".join(tokens)
            self._asked.terms.append(Term(words, is_not, True, together if len(tokens) > 1 else "", said))

    def _words(self, said: str, *, is_not: bool) -> None:
        if _NUMBER.fullmatch(said):
            self._asked.terms.append(Term((said,), is_not, is_exact=True, shown=said))
            return
        whole = said.lower()
        if is_address(whole):
            self._asked.terms.append(Term((whole,), is_not, shown=said))
            return
        self._asked.terms += [_term(run, is_not) for run in runs(said)]

    def _filter(self, name: str, value: str, *, is_not: bool) -> None:
        if not value:
            self._asked.say(_("“%(name)s:” needs a word after it.") % {"name": name})
            return
        self._asked.has_filters = True
        take = getattr(self, f"_take_{name}")
        take(value, is_not)

    def _take_from(self, value: str, is_not: bool) -> None:
        self._marked("from", value, is_not)

    def _take_to(self, value: str, is_not: bool) -> None:
        self._marked("to", value, is_not)

    def _take_company(self, value: str, is_not: bool) -> None:
        self._marked("company", value, is_not)

    def _take_tag(self, value: str, is_not: bool) -> None:
        tag = Tag.objects.visible_to(self._agent).called(value).first()
        if tag is None:
            self._asked.say(_("There is no tag “%(value)s”.") % {"value": value})
        self._among(Q(pk__in=TicketTag.objects.filter(tag=tag).values("ticket")), is_not)

    def _take_channel(self, value: str, is_not: bool) -> None:
        channels = Channel.objects.filter(workspace=self._agent.workspace_id)
        named = channels.filter(Q(address__iexact=value) | Q(name__iexact=value))
        found = list(named.values_list("pk", flat=True))
        kinds = [kind for kind in Channel.Kind.values if kind == value.lower()]
        if not found and not kinds:
            self._asked.say(_("There is no channel “%(value)s”.") % {"value": value})
        self._among(Q(channel_id__in=found) | Q(channel_kind__in=kinds), is_not)

    def _take_state(self, value: str, is_not: bool) -> None:
        self._asked.names_a_state = True
        state = value.lower().replace("-", "_").replace(" ", "_")
        own = list(OwnState.objects.visible_to(self._agent).called(value).values_list("pk", flat=True))
        if own and state not in State.values:
            self._among(Q(own_state__in=own), is_not)
            return
        if state not in State.values:
            told = {"value": value, "known": ", ".join(State.values)}
            self._asked.say(_("There is no state “%(value)s”. States are %(known)s.") % told)
        self._among(Q(state__in=CLOSED_STATES if state == State.CLOSED else [state]), is_not)

    def _take_area(self, value: str, is_not: bool) -> None:
        areas = list(Area.objects.visible_to(self._agent).called(value).values_list("pk", flat=True))
        if not areas:
            self._asked.say(_("There is no area “%(value)s”.") % {"value": value})
        self._among(Q(area__in=areas), is_not)

    def _own_field(self, key: str, value: str, *, is_not: bool) -> None:
        self._asked.has_filters = True
        asked = Field.objects.visible_to(self._agent).filter(about=Field.About.TICKET, key=key).first()
        if asked is None:
            self._asked.say(_("There is no field “%(key)s”.") % {"key": key})
            self._among(Q(pk__in=()), is_not)
            return
        try:
            found = FieldAnswer.objects.filter(field=asked, value=sought(asked, value))
        except Unfit as error:
            self._asked.say(str(error))
            found = FieldAnswer.objects.none()
        self._among(Q(pk__in=found.values("ticket")), is_not)

    def _take_agent(self, value: str, is_not: bool) -> None:
        said = value.lower()
        if said == "nobody":
            self._among(Q(assignee=None), is_not)
            return
        if said == "me":
            self._among(Q(assignee=self._agent.pk), is_not)
            return
        colleagues = Agent.objects.visible_to(self._agent)
        found = colleagues.filter(Q(user__email__istartswith=value) | Q(user__name__icontains=value))
        ids = list(found.values_list("pk", flat=True))
        if not ids:
            self._asked.say(_("No colleague is called “%(value)s”.") % {"value": value})
        self._among(Q(assignee__in=ids), is_not)

    def _take_before(self, value: str, is_not: bool) -> None:
        if (day := self._day(value)) and (self._asked.before is None or day < self._asked.before):
            self._asked.before = day

    def _take_after(self, value: str, is_not: bool) -> None:
        if (day := self._day(value)) and (self._asked.after is None or day > self._asked.after):
            self._asked.after = day

    def _take_has(self, value: str, is_not: bool) -> None:
        if value.lower() in ("file", "files"):
            self._asked.terms.append(Term((HAS_FILE,), is_not, is_exact=True))
        else:
            self._asked.say(_("“has:” knows one word: has:file."))

    def _take_is(self, value: str, is_not: bool) -> None:
        if value.lower() == "unanswered":
            self._among(Q(state=State.OPEN, waiting_since__isnull=False), is_not)
        else:
            self._asked.say(_("“is:” knows one word: is:unanswered."))

    def _marked(self, name: str, value: str, is_not: bool) -> None:
        whole = value.lower()
        words = [whole] if is_address(whole) else list(dict.fromkeys(sequence(value)))
        if words:
            marked = tuple(f"{name}:{word}" for word in words)
            self._asked.terms.append(Term(marked, is_not, is_exact=True))

    def _among(self, tickets: Q, is_not: bool) -> None:
        self._asked.tickets &= ~tickets if is_not else tickets

    def _day(self, value: str) -> datetime | None:
        """The beginning of a day, month or year; `None`, with a sentence, for what is none."""
        if value.lower() in ("today", "yesterday"):
            days_ago = timedelta(days=value.lower() == "yesterday")
            return datetime.combine(datetime.now(self._zone).date() - days_ago, time(), self._zone)
        match = _DAY.fullmatch(value)
        try:
            year, month, day = (int(part or 1) for part in match.groups()) if match else (0, 0, 0)
            # Of the first and the last days there are, not each is a day everywhere.
            return datetime.combine(date(year, month, day), time(), self._zone).astimezone(UTC)
        except (ValueError, OverflowError):
            self._asked.say(
                _("“%(value)s” is no day: write it as 2026-11-22, 2026-11 or 2026.") % {"value": value}
            )
            return None


def _term(run: str, is_not: bool) -> Term:
    if not is_unspaced(run):
        return Term((run,), is_not, shown=run)
    found = pairs(run)
    return Term(tuple(dict.fromkeys(found)), is_not, False, " ".join(found) if len(found) > 1 else "", run)


def _phrase_tokens(said: str) -> list[str]:
    """The words of a phrase as `sequence` has them in a text; a last run without spaces may go on there."""
    tokens = sequence(said)
    if (
        len(tokens) > 1
        and is_unspaced(tokens[-1])
        and tokens[-2][-1:] == tokens[-1]
        and is_unspaced(tokens[-2])
    ):
        tokens.pop()
    return tokens

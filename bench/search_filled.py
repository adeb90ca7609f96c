"""An installation for `search` to ask: a large workspace with small ones beside it, filled by few statements."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

from bench.search_texts import SHARES, Tongue
from harken.agents.models import Agent
from harken.agents.opening import open_workspace
from harken.contacts.recognise import recognise
from harken.lib import rows
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall

MONTHS = 60
SMALL_SHARE, SMALL_WORKSPACES = 0.1, 20
PER_TICKET, PEOPLE, AT_ONCE = 5, 50, 1000
OFTEN, WATCHED = 20, 400


class Installation:
    """Remembers of some words of each language which tickets of the large workspace have them."""

    def __init__(self, messages: int) -> None:
        self._chance = random.Random(8)
        self.tongues = {language: Tongue(language) for language in SHARES}
        self._texts = {language: tongue.letters() for language, tongue in self.tongues.items()}
        self.watched = {
            language: self._chance.sample(tongue.words[OFTEN:], WATCHED)
            for language, tongue in self.tongues.items()
        }
        self.having: defaultdict[str, set[int]] = defaultdict(set)
        self.large = self._workspace("large", int(messages * (1 - SMALL_SHARE)), remember=True)
        count = int(messages * SMALL_SHARE / SMALL_WORKSPACES)
        self.small = [self._workspace(f"small-{at}", count) for at in range(SMALL_WORKSPACES)]

    def _workspace(self, slug: str, messages: int, *, remember: bool = False) -> Any:
        workspace = open_workspace(slug.title(), owner_email=f"olga@{slug}.example", slug=slug).workspace
        with wall.inside(workspace.pk):
            addresses = [f"ann{at}@crumb{at % 7}.example" for at in range(PEOPLE)]
            people = [recognise(workspace, address, "Ann").contact_id for address in addresses]
            languages = self._chance.choices(list(SHARES), list(SHARES.values()), k=messages // PER_TICKET)
            for start in range(0, len(languages), AT_ONCE):
                part = languages[start : start + AT_ONCE]
                self._write(workspace.pk, people, start, part, remember=remember)
            return Agent.objects.select_related("workspace", "user").get(workspace=workspace)

    def _write(
        self, workspace_id: int, people: list[int], start: int, languages: list[str], *, remember: bool
    ) -> None:
        now = timezone.now()
        people_of = [people[at % PEOPLE] for at in range(len(languages))]
        ages = [timedelta(days=self._chance.random() * MONTHS * 30) for _ in languages]
        tickets = _insert(
            Ticket(workspace_id=workspace_id, last_position=PER_TICKET, message_count=PER_TICKET),
            number=range(start + 1, start + len(languages) + 1),
            requester_id=people_of,
            last_activity_at=[now - age for age in ages],
        )
        said = [
            (ticket, language, person, now - age, position, next(self._texts[language]))
            for ticket, language, person, age in zip(tickets, languages, people_of, ages, strict=True)
            for position in range(1, PER_TICKET + 1)
        ]
        _insert(
            Message(workspace_id=workspace_id, kind=Message.Kind.CONTACT),
            ticket_id=[each[0] for each in said],
            author_contact_id=[each[2] for each in said],
            created_at=[each[3] for each in said],
            position=[each[4] for each in said],
            text=[each[5] for each in said],
        )
        if remember:
            self._remember((ticket, language, text) for ticket, language, _, _, _, text in said)

    def _remember(self, said: Iterable[tuple[int, str, str]]) -> None:
        watched = {language: set(words) for language, words in self.watched.items()}
        for ticket, language, text in said:
            if language == "ja":
                used = {word for word in self.watched["ja"] if word in text}
            else:
                used = watched[language].intersection(text[:-1].split())
            for word in used:
                self.having[word].add(ticket)


def _insert(like: models.Model, **columns: Sequence[Any]) -> list[int]:
    """Insert rows like one row, but for some columns; their ids."""
    fields = [field for field in like._meta.concrete_fields if not field.primary_key and not field.generated]
    given = [field for field in fields if field.attname in columns]
    alike = [field for field in fields if field.attname not in columns and not _is_left_open(field, like)]
    names = ", ".join(f'"{field.column}"' for field in (*given, *alike))
    arrays = ", ".join(f"%s::{_kind(field)}[]" for field in given)
    constants = "".join(f", %s::{_kind(field)}" for field in alike)
    values = [field.get_db_prep_save(getattr(like, field.attname), connection) for field in alike]
    found = rows.ask(
        f"INSERT INTO {like._meta.db_table} ({names})"
        f" SELECT {', '.join(f'c{at}' for at in range(len(given)))}{constants}"
        f" FROM unnest({arrays}) AS c ({', '.join(f'c{at}' for at in range(len(given)))}) RETURNING id",
        [*values, *(list(columns[field.attname]) for field in given)],
    )
    return [pk for (pk,) in found]


def _kind(field: models.Field) -> str:
    return str(field.rel_db_type(connection)).partition("(")[0]


def _is_left_open(field: models.Field, like: models.Model) -> bool:
    return isinstance(like.__dict__[field.attname], DatabaseDefault)

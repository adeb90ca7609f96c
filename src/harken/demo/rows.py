"""The rows that the stories leave behind, collected first and written together.

The verbs of the rooms would say the same, one query after the other, with today's date, and would send mail.
What they keep true is kept true here; `tests/test_truth.py` tells some of the stories by verbs and compares.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any

from django.db import connection, models

from harken import __version__
from harken.agents.models import Agent
from harken.channels.arriving.glance import glance
from harken.channels.models import Arrival, Delivery, RawMail
from harken.contacts.models import Identity
from harken.events.models import Event
from harken.files import storage
from harken.files.models import File
from harken.lib import filenames
from harken.tickets.models import (
    Attachment,
    Draft,
    ForeignNumber,
    Message,
    Participant,
    Ticket,
    TicketLink,
)
from harken.workspaces.models import Workspace

# Each write waits for the disk: several wait at once.
WRITERS = 16
HEALTH = (
    *("health", "health_since", "health_words", "failures"),
    *("automatic_mail_stopped", "automatic_mail_stopped_until"),
)


@dataclass(frozen=True)
class Happening:
    """An event before the row it is about has its id."""

    type: str
    about: models.Model
    at: datetime
    by: Agent | None
    data: dict[str, Any]

    def as_event(self, workspace: Workspace) -> Event:
        about: Any = self.about
        return Event(
            workspace=workspace,
            type=self.type,
            about_type=about._meta.model_name,
            about_id=about.pk,
            ticket_id=about.pk if isinstance(about, Ticket) else about.ticket_id,
            agent_id=self.by.pk if self.by else None,
            at=self.at,
            data=self.data,
        )


@dataclass
class Rows:
    """Everything there is to write for one workspace, each list in the order in which things happened."""

    workspace: Workspace
    tickets: list[Ticket] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    raws: list[RawMail] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    links: list[TicketLink] = field(default_factory=list)
    numbers: list[ForeignNumber] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    # Addresses that fared otherwise than when they were made.
    changed: dict[int, Identity] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    letters: dict[str, bytes] = field(default_factory=dict)

    def happened(
        self, event_type: str, about: models.Model, at: datetime, *, by: Agent | None = None, **data: Any
    ) -> None:
        self.happenings.append(Happening(event_type, about, at, by, data))

    def keep(self, name: str, media_type: str, content: bytes, at: datetime) -> File:
        """Collect a file, as `files.keep` would keep it."""
        file = File(
            workspace=self.workspace,
            sha256=self._content(content),
            size=len(content),
            name=filenames.safe(name, media_type),
            media_type=media_type,
            created_at=at,
        )
        self.files.append(file)
        return file

    def arrived(self, raw: bytes, at: datetime, **fields: Any) -> Arrival:
        """Collect a row of the ledger; the bytes of a letter that came before are not kept again."""
        digest = sha256(raw).hexdigest()
        self.letters[digest] = raw
        kept = next((each for each in self.raws if each.sha256 == digest), None)
        if kept is None:
            kept = RawMail(workspace=self.workspace, sha256=digest, size=len(raw))
            self.raws.append(kept)
        arrival = Arrival(
            workspace=self.workspace,
            raw=kept,
            source=Arrival.Source.SMTP,
            received_at=at,
            settled_at=at,
            attempts=1,
            judged_by=__version__,
            **vars(glance(raw)),
            **fields,
        )
        self.arrivals.append(arrival)
        return arrival

    def write(self) -> None:
        """Write the bytes, then the rows: those that others point to come first."""
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(self._write_content, self.contents.values()))
            list(writers.map(self._write_letter, self.letters.values()))
        for part in self._in_order():
            type(part[0]).objects.bulk_create(part)
        Identity.objects.bulk_update(self.changed.values(), HEALTH)
        events = [
            happening.as_event(self.workspace) for happening in sorted(self.happenings, key=attrgetter("at"))
        ]
        Event.objects.bulk_create(events)

    def _in_order(self) -> Sequence[list[Any]]:
        # In the order of their coming, as the ledger lists them by id.
        self.arrivals.sort(key=attrgetter("received_at"))
        for arrival, pk in zip(self.arrivals, reserved_ids(Arrival, len(self.arrivals)), strict=True):
            arrival.pk = pk
        firsts = [arrival for arrival in self.arrivals if arrival.original is None]
        duplicates = [arrival for arrival in self.arrivals if arrival.original is not None]
        conversation = (self.tickets, self.participants, self.messages, self.files, self.attachments)
        beside = (self.links, self.numbers, self.drafts)
        parts = (*conversation, self.raws, firsts, duplicates, self.deliveries, *beside)
        return [part for part in parts if part]

    def _content(self, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        self.contents[digest] = content
        return digest

    def _write_content(self, content: bytes) -> None:
        storage.write(self.workspace.pk, content)

    def _write_letter(self, raw: bytes) -> None:
        storage.pack(self.workspace.pk, raw)


def reserved_ids(model: type[models.Model], number: int) -> list[int]:
    """Take ids from the table's own sequence: Message-IDs and reply addresses sign them before the rows are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [pk for (pk,) in cursor.fetchall()]

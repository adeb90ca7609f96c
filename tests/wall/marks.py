"""A workspace that has one of everything, with a mark of 128 random bits in every text it holds."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from harken.agents import links
from harken.agents.factories import make_agent
from harken.agents.models import Agent, OneTimeLink, Provider, ProviderAccount, Token, User
from harken.api.models import KeptAnswer, RequestCount
from harken.automations.enclosing import enclose
from harken.automations.factories import make_reply
from harken.automations.languages import keep_variant
from harken.channels.factories import make_channel
from harken.channels.leaving.signing_keys import make_key
from harken.channels.models import (
    Arrival,
    Channel,
    DomainCheck,
    FolderState,
    ForeignPattern,
    Grant,
    Heartbeat,
    LedgerCheck,
    Mailbox,
    Pace,
    RawMail,
    Retention,
    SpamSender,
    Tally,
    Trouble,
    TroubleLetter,
)
from harken.contacts.factories import make_contact
from harken.contacts.models import Merge, Note, PeopleImport, PlanChange, Site
from harken.events.models import Event
from harken.fields import listing
from harken.fields.factories import make_field
from harken.files import storage
from harken.files.factories import make_file
from harken.files.models import Extract
from harken.notifications.factories import make_device, make_telling
from harken.notifications.models import Happening, Kind, Notice, Preference, VapidKey, Way
from harken.search.keep import begin_filling, fill_next
from harken.search.models import SavedView
from harken.tickets import locks, presence
from harken.tickets.drafts import Typed, keep_draft, save_draft
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import (
    Alias,
    Area,
    BulkAction,
    Enclosure,
    ForeignNumber,
    Message,
    OpenStream,
    OwnState,
    Ticket,
    TicketLink,
    Words,
)
from harken.tickets.own_names import answer_fields, put_in_area
from harken.tickets.schedule import schedule
from harken.tickets.seen import note_seen
from harken.tickets.start import start
from harken.tickets.tags import make_tag, put_on
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import FormerAddress, TicketCounter, Workspace

TEXTS = models.CharField | models.TextField | models.JSONField

# Texts that are not words: the program reads them, and another value would make it stumble.
NOT_WORDS = {
    *(
        "about_type",
        "accent",
        "logo",
        "media_type",
        "channel_kind",
        "content_sha256",
        "digest",
        "fingerprint",
        "language",
        "password",
    ),
    *("purpose", "sha256", "slug", "time_zone", "type", "what"),
    *("browser", "tab"),
    *("details", "order"),
    *("counts", "faults", "missing", "past"),
}


class MarkedWorkspace:
    """Workspace A: its rows, its marks, and the values that stand for its objects in addresses."""

    def __init__(self) -> None:
        self.workspace = make_workspace(slug="a-marked")
        self.marks: set[str] = set()
        self.values: dict[str, Any] = {"workspace": self.workspace.slug}
        self._furnish()
        self._mark_everything()
        with wall.inside(self.workspace.pk):
            begin_filling(self.workspace.pk)
            while fill_next(self.workspace.pk):
                pass

    def leaks_into(self, answer: bytes) -> list[str]:
        """The marks that an answer contains."""
        return [mark for mark in self.marks if mark.encode() in answer]

    def fingerprint(self) -> dict[str, str]:
        """A hash of the workspace's rows, table by table."""
        with wall.inside(self.workspace.pk), connection.cursor() as cursor:
            return {table: self._hash(cursor, table) for table in sorted(wall.walled_tables())}

    def _hash(self, cursor: Any, table: str) -> str:
        name = connection.ops.quote_name(table)
        cursor.execute(
            f"SELECT coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') FROM {name} row"
            " WHERE workspace_id = %s",
            [self.workspace.pk],
        )
        return str(cursor.fetchone()[0])

    def _furnish(self) -> None:
        # Otherwise the first tickets of both workspaces would have the same number.
        TicketCounter.objects.create(workspace=self.workspace, last=4816)
        olga = make_agent(self.workspace, "olga@a.example", Agent.Role.OWNER)
        kim = make_agent(self.workspace, "kim@a.example")
        self.values["token_id"] = Token.objects.issue(olga, "script")[0].pk
        links.invitation_link(self.workspace, "new@a.example")
        self.values["agent_id"] = kim.pk
        self.values["invitation_id"] = OneTimeLink.objects.get(workspace_id=self.workspace.pk).pk
        channel = self._channel()
        self._health(channel, olga)
        ticket = self._ticket(olga)
        self._people(ticket, olga)
        self._ledger(channel, ticket)
        self._told(ticket, kim)
        KeptAnswer.objects.create(workspace=self.workspace, agent=olga, key="k", fingerprint="f", status=201)
        RequestCount.objects.create(workspace=self.workspace, agent=olga, minute=1, requests=1)
        Provider.objects.create(workspace=self.workspace, issuer="https://id.a.example", client_id="c")
        known = {"workspace": self.workspace, "agent": olga}
        ProviderAccount.objects.create(issuer="https://id.a.example", subject="olga", **known)
        self.workspace.key("reply-address")
        FormerAddress.objects.create(workspace=self.workspace, slug="a-before")
        self.workspace.wear(self._mark().encode(), "image/png")
        self.values |= {"accent": "1a73e8", "digest": self.workspace.logo}

    def _channel(self) -> Channel:
        channel = make_channel(self.workspace, "help@a.example", imap_host="imap.a.example")
        mailbox = Mailbox.objects.get(channel=channel)
        FolderState.objects.create(workspace=self.workspace, mailbox=mailbox, folder="INBOX", uidvalidity=1)
        make_key(channel)
        DomainCheck.objects.create(workspace=self.workspace, domain="a.example")
        self.values["channel_id"] = channel.pk
        return channel

    def _health(self, channel: Channel, olga: Agent) -> None:
        ours: dict[str, Any] = {"workspace": self.workspace}
        Heartbeat.objects.create(mailbox=channel.mailbox, **ours)
        secret = {"client_secret": "s", "refresh_token": "r", "access_token": "a"}
        Grant.objects.create(mailbox=channel.mailbox, client_id="harken", **secret, **ours)
        trouble = Trouble.objects.create(channel=channel, part="fetching", code="ToldBefore", **ours)
        TroubleLetter.objects.create(trouble=trouble, agent=olga, **ours)

    def _ticket(self, olga: Agent) -> Ticket:
        ticket = make_ticket(self.workspace, "ann@crumb.example")
        make_message(ticket)
        file = make_file(self.workspace, content=self._mark().encode())
        Extract.objects.create(workspace=self.workspace, sha256=file.sha256, text=self._mark())
        answer = ticket.reply(Words("Soon.", files=(Enclosure(file),)), by=olga, seen_up_to=2)
        ticket.note(Words("She called."), by=olga)
        note_seen(ticket, olga, 2)
        tag = make_tag(self._mark(), by=olga)
        put_on(ticket, tag, by=olga)
        self._named(ticket, olga)
        self._beside(ticket, answer, olga)
        self.values |= {
            "event_id": Event.objects.filter(ticket_id=ticket.pk).latest("pk").pk,
            "number": ticket.number,
            "message_id": answer.pk,
            "tag_id": tag.pk,
            "attachment_id": answer.attachments.get().pk,
            "contact_id": ticket.requester_id,
            "company_id": ticket.company_id,
        }
        ticket.log(Words("He rang."), by=olga, way="call", then="ours")
        self._present(ticket, olga)
        self._work(ticket, olga)
        return ticket

    def _named(self, ticket: Ticket, olga: Agent) -> None:
        """What A alone asks for, and what it calls things."""
        field = make_field(olga, "Order number")
        answer_fields(ticket, {field.key: self._mark()}, by=olga)
        state = listing.add(OwnState(name="Waiting for the supplier", kind="waiting"), by=olga)
        area = listing.add(Area(name="Delivery"), by=olga)
        put_in_area(ticket, area, by=olga)
        self.values |= {"field_id": field.pk, "state_id": state.pk, "area_id": area.pk}

    def _work(self, ticket: Ticket, olga: Agent) -> None:
        """What Olga did to several requests at once, and what she asks again and again."""
        action = BulkAction.objects.create(
            workspace=self.workspace, agent=olga, act="close", tickets=[ticket.pk], reached=1
        )
        view = SavedView.objects.keep("Late", "is:unanswered", by=olga, is_shared=True, order="waiting")
        event = Event.objects.filter(workspace=self.workspace).latest("pk")
        self.values |= {"action_id": action.pk, "view_id": view.pk, "event_id": event.pk}
        reply = make_reply(olga, shortcut="thanks")
        keep_variant(reply, "ru", text=self._mark(), html="", by=olga)
        enclose(reply, "thanks.txt", "text/plain", self._mark().encode(), by=olga)
        letter = save_draft(uuid4(), olga, Typed(text=self._mark(), subject=self._mark()), version=0)
        assert letter
        self.values |= {"reply_id": reply.pk, "language": "ru", "key": letter.key}

    def _present(self, ticket: Ticket, olga: Agent) -> None:
        """Olga is here, reads the ticket and writes on it."""
        tab, browser = uuid4(), presence.browser_of("a-session")
        OpenStream.objects.create(
            workspace=self.workspace, key=uuid4(), process=uuid4(), agent=olga, browser=browser
        )
        presence.read(ticket, by=olga, browser=browser, tab=tab)
        locks.take(ticket, by=olga, browser=browser, tab=str(tab))

    def _beside(self, ticket: Ticket, answer: Message, olga: Agent) -> None:
        """What lies beside a ticket's messages: another ticket, a draft, other names and numbers."""
        other = make_ticket(self.workspace, "bob@crumb.example")
        TicketLink.between(other, ticket)
        self.values["other"] = other.number
        file = make_file(self.workspace, content=self._mark().encode())
        draft = keep_draft(
            ticket, olga, Words("Later.", files=(Enclosure(file),)), seen_up_to=0, why="unseen"
        )
        self.values["file_id"] = draft.enclosures.get().pk
        at = timezone.now() + timedelta(days=1)
        planned = schedule(
            ticket,
            Words("Tomorrow."),
            by=olga,
            at=at,
            seen_up_to=ticket.last_position,
            kind="forward",
            to=["baker@mill.example"],
        )
        assert planned
        self.values["scheduled_id"] = planned.pk
        Alias.remember(answer, "olga1@a.example")
        known: dict[str, Any] = {"workspace": self.workspace, "number": "42", "words": "[Ticket#42]"}
        ForeignNumber.objects.create(message=answer, address="bob@crumb.example", **known)
        ForeignPattern.objects.create(workspace=self.workspace, template="[ACME-*]")
        SpamSender.objects.create(workspace=self.workspace, address="spam@b.example", ticket=ticket)

    def _people(self, ticket: Ticket, olga: Agent) -> None:
        ours: dict[str, Any] = {"workspace": self.workspace}
        company, contact = ticket.company, ticket.requester
        assert company is not None
        other = make_contact(self.workspace, "ann@home.example")
        merge = Merge.objects.create(contact=other, into=contact, agent=olga, **ours)
        PlanChange.objects.create(company=company, agent=olga, seats=14, **ours)
        file = make_file(self.workspace, content=self._mark().encode())
        self.values |= {
            "identity_id": contact.identities.get().pk,
            "merge_id": merge.pk,
            "note_id": Note.objects.create(contact=contact, agent=olga, text="Likes rye.", **ours).pk,
            "site_id": Site.objects.create(company=company, name="Otley", access_notes="Key.", **ours).pk,
            "import_id": PeopleImport.objects.create(agent=olga, file=file, **ours).pk,
        }
        begun = start(contact.identities.get(), "Hello", Words("Hello"), by=olga, key="form")
        begun.close(by=olga)

    def _ledger(self, channel: Channel, ticket: Ticket) -> None:
        letter = self._mark().encode()
        sha256 = storage.pack(self.workspace.pk, letter)
        raw = RawMail.objects.create(workspace=self.workspace, sha256=sha256, size=len(letter))
        came: dict[str, Any] = {"workspace": self.workspace, "channel": channel, "raw": raw, "source": "smtp"}
        Arrival.objects.create(state="opened", ticket=ticket, uid=1, **came)
        self.values["arrival_id"] = Arrival.objects.create(state="held", uid=2, **came).pk
        Retention.objects.create(workspace=self.workspace, days=30)
        LedgerCheck.objects.create(workspace=self.workspace)
        Pace.objects.take(self.workspace.pk, "mail.a.example:587", 60)
        Tally.objects.note(self.workspace, "letters", "ann@crumb.example", seconds=60)

    def _told(self, ticket: Ticket, kim: Agent) -> None:
        ours: dict[str, Any] = {"workspace": self.workspace, "ticket": ticket, "event_id": 1}
        Happening.objects.create(kind=Kind.HANDED, **ours)
        Notice.objects.create(agent=kim, way=Way.PAGE, kind=Kind.HANDED, **ours)
        Preference.objects.create(workspace=self.workspace, agent=kim)
        make_telling(kim)
        VapidKey.objects.of(self.workspace)
        self.values["device_id"] = make_device(kim).pk

    def _mark(self) -> str:
        mark = secrets.token_hex(16)
        self.marks.add(mark)
        return mark

    def _mark_everything(self) -> None:
        for model in apps.get_models():
            if model._meta.db_table in wall.walled_tables():
                self._mark_rows(model._default_manager.filter(workspace=self.workspace))
        self._mark_rows(Workspace.objects.filter(pk=self.workspace.pk))
        self._mark_rows(User.objects.filter(agent__workspace=self.workspace))
        self._mark_rows(OneTimeLink.objects.filter(workspace_id=self.workspace.pk))

    def _mark_rows(self, rows: models.QuerySet[Any]) -> None:
        fields = [field for field in rows.model._meta.get_fields() if _is_words(field)]
        for row in rows:
            # What is not there at all holds no words.
            there = [field for field in fields if getattr(row, field.name) is not None]
            changed = {field.name: self._marked(field, row) for field in there}
            if changed:
                rows.model._default_manager.filter(pk=row.pk).update(**changed)

    def _marked(self, field: Any, row: Any) -> Any:
        if isinstance(field, models.EmailField):
            return f"{self._mark()}@a.example"
        if isinstance(field, models.JSONField):
            return [self._mark()] if isinstance(getattr(row, field.name), list) else {"mark": self._mark()}
        return self._mark()


def empty_models(workspace: Workspace) -> list[str]:
    """Models behind the wall of which this workspace has no row: whatever leaks there, nobody would see it."""
    with wall.inside(workspace.pk):
        return [
            model._meta.label
            for model in apps.get_models()
            if model._meta.db_table in wall.walled_tables()
            if not model._default_manager.filter(workspace=workspace).exists()
        ]


def _is_words(field: Any) -> bool:
    return isinstance(field, TEXTS) and not field.choices and field.name not in NOT_WORDS

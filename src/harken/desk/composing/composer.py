"""The composer below a thread: what stands in it before, and after a refusal."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harken.agents.models import Agent
from harken.channels.leaving.outgoing import NoMailbox, channel_of
from harken.channels.leaving.signature import signature_of
from harken.channels.models import Channel
from harken.desk.composing.drafts import DraftShown, LeftBehind, left_behind_for, shown_draft
from harken.desk.composing.needed import id_about, needed_kept, needed_typed
from harken.desk.composing.written import kind_in
from harken.desk.lock.shown import LockShown, shown_lock
from harken.desk.menu import Time, times_now
from harken.desk.own.needed import lead_to_first, needed_form
from harken.desk.reach import warnings_for
from harken.desk.recipients import whom_in_words
from harken.fields.answers import Values
from harken.lib.numbers import DIGITS_OF_POSITION, whole_number
from harken.lib.written import clean_written, with_addresses
from harken.tickets.drafts import draft_of
from harken.tickets.errors import in_quotes
from harken.tickets.locks import holder_of
from harken.tickets.models import Draft, Message, Ticket
from harken.ui.collisions import SharedForm

PEEK_LETTERS = 200
HOLES = gettext_lazy("Not sent: this is still to be filled in: %(holes)s. Your text is kept.")
UNANSWERED = gettext_lazy(
    "Not sent: to close the request, this is to be filled in first: %(names)s. Your text is kept."
)


@dataclass(frozen=True)
class News:
    """Who wrote while somebody else was writing."""

    author: str
    words: str
    message_id: int
    is_from_us: bool


@dataclass(frozen=True)
class Letterhead:
    """What the mailbox says about a letter: the signature below it, and whether it may have a form."""

    signature: str = ""
    is_plain: bool = False


@dataclass(frozen=True)
class Letter:
    """What a letter that begins a request has besides: what it is about, and the mailboxes it may leave from."""

    subject: str
    sender: int | None
    mailboxes: list[tuple[int, str]]


@dataclass(frozen=True)
class Composer:
    """A form to write a reply or a note in; `refusal` says why nothing was sent, the text is kept.

    `html` is what stands in the editor, pictures with their addresses; `""` where it holds the plain `text`.
    """

    number: int
    agent_id: int
    kind: str
    text: str
    to: str
    cc: str
    bcc: str
    seen_up_to: int
    summary: str
    # Whatever is sent goes once under it, however often it is pressed.
    key: str
    html: str = ""
    # Its writer has changed who gets it.
    is_readdressed: bool = False
    is_plain: bool = False
    is_signed: bool = True
    is_closed: bool = False
    # Nothing of it ever leaves, and it is never forwarded.
    stays_inside: bool = False
    letterhead: Letterhead = Letterhead()
    refusal: str = ""
    news: list[News] = field(default_factory=list)
    # What stands in it that nothing was filled in for; pressed again, it goes, and then closes if that was meant.
    holes: list[str] = field(default_factory=list)
    # What is to be known of the request before it is closed, asked for here once somebody sends and closes.
    needed: SharedForm | None = None
    as_it_stands: str = "send"
    # What is known against the addresses it would go to.
    warnings: list[str] = field(default_factory=list)
    # Why it goes elsewhere than where the requester wrote from.
    asked: str = ""
    draft: DraftShown | None = None
    # What the reader wrote on requests that were merged into this one, or on this one, before it was merged.
    left_behind: list[LeftBehind] = field(default_factory=list)
    # Who else writes an answer now.
    lock: LockShown | None = None
    # A first letter to somebody: there is no request yet, and `number` is 0.
    letter: Letter | None = None

    @property
    def id(self) -> str:
        """What the ids inside it begin with, so that a page may hold several."""
        return id_about(self.about)

    @property
    def about(self) -> str:
        """What it belongs to, as its drafts are known by: a request's number, or a letter's key."""
        return self.key if self.letter else str(self.number)

    @property
    def times(self) -> list[Time]:
        """Those that sending later, and setting aside after sending, offer."""
        return times_now()

    @property
    def first_day(self) -> str:
        return timezone.localdate().isoformat()

    @property
    def version(self) -> int:
        return self.draft.version if self.draft else 0

    @classmethod
    def empty_for(cls, ticket: Ticket, agent: Agent) -> Self:
        """Return a fresh one: a reply to whoever wrote last, a copy to those copied so far."""
        to, cc = ticket.reply_addresses, ticket.copied_addresses
        asked, doubts = _asked(ticket)
        letterhead = letterhead_of(ticket, agent)
        return cls(
            number=ticket.number,
            agent_id=agent.pk,
            kind=Message.Kind.REPLY,
            text="",
            to=", ".join(to),
            cc=", ".join(cc),
            bcc="",
            seen_up_to=ticket.last_position,
            summary=_summary(to, cc, _names(ticket)),
            key=str(uuid.uuid4()),
            is_plain=letterhead.is_plain or agent.writes_plain,
            is_closed=ticket.closed_at is not None,
            stays_inside=ticket.stays_inside,
            letterhead=letterhead,
            warnings=[*doubts, *warnings_for(ticket.workspace_id, [*to, *cc])],
            asked=asked,
            left_behind=left_behind_for(ticket, agent),
            lock=shown_lock(holder_of(ticket), agent),
        )

    @classmethod
    def refused(
        cls, ticket: Ticket, agent: Agent, typed: QueryDict, sentence: Any, unseen: Sequence[Message] = ()
    ) -> Self:
        """Return it as it was typed. What arrived meanwhile is shown with it, so that the next attempt is not blind."""
        seen = whole_number(typed.get("seen_up_to", ""), most_digits=DIGITS_OF_POSITION)
        seen_up_to = ticket.last_position if unseen or seen is None else seen
        to, cc, bcc = (typed.get(name, "") for name in ("to", "cc", "bcc"))
        draft = _draft_typed(ticket, agent, typed)
        return cls(
            number=ticket.number,
            agent_id=agent.pk,
            kind=kind_in(typed),
            text=typed.get("text", ""),
            html=with_addresses(clean_written(typed.get("html", "")), draft.addresses if draft else {}),
            to=to,
            cc=cc,
            bcc=bcc,
            seen_up_to=seen_up_to,
            summary=_summary([to], [cc] if cc else [], {}, bcc),
            key=typed.get("key", ""),
            is_plain=bool(typed.get("is_plain")),
            is_signed=not typed.get("is_unsigned"),
            is_closed=ticket.closed_at is not None,
            stays_inside=ticket.stays_inside,
            letterhead=letterhead_of(ticket, agent),
            refusal=str(sentence),
            news=news_in(unseen),
            warnings=warnings_for(ticket.workspace_id, f"{to},{cc},{bcc}".split(",")),
            draft=draft,
            left_behind=left_behind_for(ticket, agent),
            lock=shown_lock(holder_of(ticket), agent),
            needed=needed_typed(agent, ticket.fields, typed, str(ticket.number)),
        )

    @classmethod
    def with_holes(cls, ticket: Ticket, agent: Agent, typed: QueryDict, holes: list[str]) -> Self:
        """Return it as it was typed, and what is still to be filled in."""
        refused = cls.refused(ticket, agent, typed, HOLES % {"holes": ", ".join(holes)})
        return replace(refused, holes=holes, as_it_stands=typed.get("then") or "send")

    @classmethod
    def unanswered(cls, ticket: Ticket, agent: Agent, typed: QueryDict, names: Sequence[str]) -> Self:
        """Return it as it was typed, with fields for what is to be known of the request before it is closed."""
        return cls.refused(ticket, agent, typed, UNANSWERED % {"names": in_quotes(names)}).asking(
            agent, ticket.fields
        )

    def asking(self, agent: Agent, answered: Values) -> Self:
        """Return it with fields for what closing needs, as they were typed where they stood there already."""
        form = self.needed or needed_form(agent.workspace, answered, at=self.id)
        lead_to_first(form)
        return replace(self, needed=form)


def composer_for(ticket: Ticket, agent: Agent) -> Composer:
    """Return what stands in the composer when a page opens: the reader's draft, else nothing yet."""
    kept = draft_of(ticket, agent)
    return _taken_up(ticket, agent, kept) if kept else Composer.empty_for(ticket, agent)


def letterhead_of(ticket: Ticket, agent: Agent) -> Letterhead:
    """Return what goes below a letter of this colleague, and whether it must be plain text."""
    channel = _channel_of(ticket)
    return Letterhead(signature_of(agent, channel), bool(channel and channel.mailbox.is_plain_text))


def _channel_of(ticket: Ticket) -> Channel | None:
    try:
        return channel_of(ticket)
    except NoMailbox:
        return None


def _taken_up(ticket: Ticket, agent: Agent, kept: Draft) -> Composer:
    unseen = ticket.messages.after(kept.seen_up_to).that_must_be_seen_by(agent)
    rows = list(unseen.select_related("author_agent__user", "author_contact").order_by("position"))
    empty, shown = Composer.empty_for(ticket, agent), shown_draft(kept)
    to, cc = kept.recipients.get("to", empty.to), kept.recipients.get("cc", empty.cc)
    bcc = kept.recipients.get("bcc", "")
    is_changed = (to, cc, bcc) != (empty.to, empty.cc, "")
    return replace(
        empty,
        kind=kept.kind,
        text=kept.text,
        html=with_addresses(kept.html, shown.addresses),
        to=to,
        cc=cc,
        bcc=bcc,
        summary=_summary([to], [cc] if cc else [], {}, bcc) if is_changed else empty.summary,
        key=str(kept.key),
        is_readdressed=bool(kept.recipients),
        is_plain=kept.is_plain or empty.letterhead.is_plain,
        is_signed=kept.is_signed,
        refusal=str(kept.get_why_display()) if kept.why else "",
        news=news_in(rows),
        draft=shown,
        needed=needed_kept(kept),
    )


def _draft_typed(ticket: Ticket, agent: Agent, typed: QueryDict) -> DraftShown | None:
    pk = typed.get("draft", "")
    kept = draft_of(ticket, agent)
    return shown_draft(kept) if kept and str(kept.pk) == pk else None


def _asked(ticket: Ticket) -> tuple[str, list[str]]:
    """Say when answers go elsewhere than where the requester wrote from; doubts, where they were asked to and stay."""
    last = ticket.last_of_requester
    if last is None or not last.reply_to:
        return "", []
    values = {"asked": ", ".join(last.reply_to), "sender": last.author_address}
    if last.is_reply_to_trusted:
        return _("They wrote from %(sender)s and ask to be answered at %(asked)s.") % values, []
    doubt = _(
        "The letter asks to be answered at %(asked)s, and nothing proves that %(sender)s wrote it. "
        "The answer goes to %(sender)s; change “to” only if you are sure."
    )
    return "", [doubt % values]


def _summary(to: list[str], cc: list[str], names: dict[str, str], bcc: str = "") -> str:
    whom, copies = (", ".join(names.get(each, each) for each in addresses) for addresses in (to, cc))
    return whom_in_words(whom, copies, bcc)


def _names(ticket: Ticket) -> dict[str, str]:
    """Return how we call those who take part, by address: the first word of their name."""
    participants = ticket.participants.select_related("contact")
    return {each.address: each.contact.name.split()[0] for each in participants if each.contact.name.strip()}


def news_in(messages: Sequence[Message]) -> list[News]:
    """Return who wrote what, in short."""
    return [
        News(each.author_name, (each.visible_text or each.text)[:PEEK_LETTERS], each.pk, each.is_from_us)
        for each in messages
    ]

"""A ticket as it is read: its messages, what happened between them, and what became of our answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db.models import BooleanField, Case, F, Prefetch, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Length
from django.db.models.lookups import LessThan
from django.utils.safestring import SafeString

from harken.agents.models import Agent
from harken.channels.email.protection import is_sealed
from harken.channels.models import Arrival, Delivery
from harken.channels.proof.sender_words import sentences
from harken.desk import letter
from harken.desk.deliveries import Outcome, outcome_of
from harken.desk.happenings import Happening, happenings_of
from harken.desk.invitations import Card, Protection, card_of, protection_of
from harken.desk.leaving import Leaving, Scheduled, scheduled_on
from harken.desk.mentions import with_mentions
from harken.desk.previews.shown import can_be_shown
from harken.desk.recipients import whom_in_words
from harken.desk.talked import talk_in_words
from harken.tickets.forwarding import can_be_forwarded
from harken.tickets.models import Attachment, Message, Ticket
from harken.ui.words import paragraphs, written

MESSAGES_PER_PAGE = 50
# A page that was open while more than so many came is shown anew.
MESSAGES_OF_AN_OPEN_PAGE = 4 * MESSAGES_PER_PAGE
# What somebody reads before the message they were led to.
MESSAGES_BEFORE = 8
# A log that somebody pasted into a mail must not make the page heavy; the whole of it is one click away.
LETTERS_SHOWN = 20_000
# What a colleague wrote in the editor is shown in its form; what is longer is shown by its words.
LETTERS_OF_FORM = 100_000
# Where these stand, the form says something that the words alone do not.
_RICH = r"<(img|table|pre|h[1-6])\M"

_FIRST_ARRIVALS = Arrival.objects.filter(original=None).order_by("id")


@dataclass(frozen=True)
class AttachedFile:
    name: str
    size: int
    icon: str
    url: str
    # Its attachment's id where it can be looked at without saving it.
    shown_as: int | None


@dataclass(frozen=True)
class SenderMark:
    """Whether the letter is really from whom it says: the state, its label, and what it went by."""

    state: str
    label: str
    address: str
    reasons: list[str]


@dataclass(frozen=True)
class Redaction:
    """The trace of words that were taken away for good; of all of them, unless `is_quote`."""

    name: str
    at: datetime
    why: str
    is_quote: bool

    @classmethod
    def of(cls, message: Message) -> Self | None:
        trace = message.redaction
        if trace is None:
            return None
        at = datetime.fromisoformat(trace["at"])
        return cls(trace["name"], at, trace["why"], not message.is_redacted)


@dataclass(frozen=True)
class Entry:
    """One message, ready to print."""

    id: int
    position: int
    kind: str
    author: str
    initials: str
    at: datetime
    to: str
    sender: SenderMark | None
    language: str
    text: str
    # Its form, where one of us wrote it in the editor; else empty.
    written: SafeString
    quoted: str
    signature: str
    is_cut: bool
    is_automatic: bool
    is_shown_as_sent: bool
    has_form: bool
    has_remote_pictures: bool
    files: list[AttachedFile]
    invitation: Card | None
    protection: Protection | None
    outcome: Outcome | None
    # What became of what the desk wrote by itself, in two words.
    fate: str
    # Its row of the ledger, which says why it is here.
    arrival: Arrival | None
    leaving: Leaving | None
    can_be_forwarded: bool
    redaction: Redaction | None
    # How it was said elsewhere, such as “Call, 4 min, logged by you”; empty for what was written here.
    talk: str

    @property
    def is_from_us(self) -> bool:
        return self.kind != Message.Kind.CONTACT


@dataclass(frozen=True)
class Thread:
    """Part of a ticket's story, oldest first.

    Before the position `earlier` there is more, and after `later`; 0 says that there is none. `first_new` is the
    position of the first message that its reader has not seen, 0 where there is none, or where all is new to them.
    One that `is_anew` does not go on from where an open page begins, and takes the place of all that stands there.
    """

    lines: list[Entry | Happening]
    first_position: int
    last_position: int
    earlier: int
    later: int = 0
    first_new: int = 0
    # What leaves by itself later, below the newest message.
    scheduled: list[Scheduled] = field(default_factory=list)
    is_anew: bool = False


def thread_of(
    ticket: Ticket,
    agent: Agent,
    *,
    before: int | None = None,
    from_position: int | None = None,
    seen: int | None = None,
) -> Thread:
    """Return the last messages, or the last ones before a position, or all from a position on.

    Where the latter are more than an open page holds, the last ones, anew. `seen` is the last position its reader has
    read, `None` when they never opened it.
    """
    is_anew = from_position is not None and ticket.last_position - from_position >= MESSAGES_OF_AN_OPEN_PAGE
    if is_anew:
        from_position = None
    found = list(_messages(ticket, agent, before, from_position))
    is_more = from_position is None and len(found) > MESSAGES_PER_PAGE
    messages = (found[:MESSAGES_PER_PAGE] if is_more else found)[::-1]
    first = messages[0].position if messages else 0
    is_whole = not is_more and (from_position is None or first <= 1)
    lines = _told_together(messages, _happenings(ticket, agent, messages, is_whole, before), agent)
    earlier = 0 if is_whole else first
    return Thread(
        lines,
        first,
        ticket.last_position,
        earlier,
        first_new=_first_new(messages, agent, seen),
        scheduled=scheduled_on(ticket, agent) if before is None else [],
        is_anew=is_anew,
    )


def thread_around(ticket: Ticket, agent: Agent, position: int) -> Thread:
    """Return the messages around a position: some before it, and a page from there on."""
    start = max(position - MESSAGES_BEFORE, 1)
    onward = readable(agent).filter(ticket=ticket, position__gte=start).order_by("position")
    found = list(onward[: MESSAGES_PER_PAGE + 1])
    messages = found[:MESSAGES_PER_PAGE]
    first, last = (messages[0].position, messages[-1].position) if messages else (0, 0)
    later = last if len(found) > len(messages) else 0
    before = found[-1].position if later else None
    lines = _told_together(messages, _happenings(ticket, agent, messages, first <= 1, before), agent)
    return Thread(lines, first, last, 0 if first <= 1 else first, later=later)


def whole_thread(ticket: Ticket, agent: Agent, *, most: int, with_notes: bool) -> Thread:
    """Return the newest `most` messages at once, for paper."""
    newest_first = readable(agent).filter(ticket=ticket).order_by("-position")
    if not with_notes:
        newest_first = newest_first.exclude(kind=Message.Kind.NOTE)
    found = list(newest_first[: most + 1])
    messages = found[:most][::-1]
    first = messages[0].position if messages else 0
    is_whole = len(found) <= most
    lines = _told_together(messages, _happenings(ticket, agent, messages, is_whole, None), agent)
    return Thread(lines, first, ticket.last_position, 0 if is_whole else first)


def _first_new(messages: list[Message], agent: Agent, seen: int | None) -> int:
    if seen is None:
        return 0
    new = (each.position for each in messages if each.position > seen and each.author_agent_id != agent.pk)
    return next(new, 0)


def readable(agent: Agent) -> QuerySet[Message]:
    """Return the messages this agent may see, with all that `entry_of` needs; HTML may be long and stays unread."""
    return (
        Message.objects.visible_to(agent)
        .select_related("author_agent__user", "author_contact", "talk")
        .prefetch_related(
            # To lists of their own: a queryset made for each message takes longer than to find them.
            Prefetch("attachments", Attachment.objects.select_related("file"), to_attr="enclosed"),
            Prefetch("deliveries", Delivery.objects.order_by("id"), to_attr="delivered"),
            Prefetch("arrivals", _FIRST_ARRIVALS, to_attr="first_arrivals"),
            "author_contact__identities",
        )
        .annotate(
            is_rich=_says(html__iregex=_RICH),
            has_remote_pictures=_says(html__contains=letter.REMOTE_PICTURE),
            own_html=_OWN_HTML,
            reader_id=Value(agent.pk),
        )
        .defer("html")
    )


_OWN_HTML = Case(
    When(
        Q(kind__in=[*Message.BY_HAND, Message.Kind.NOTE], visible_text="")
        & Q(LessThan(Length("html"), LETTERS_OF_FORM)),
        then=F("html"),
    ),
    default=Value(""),
    output_field=TextField(),
)


def _says(**condition: str) -> Case:
    return Case(When(**condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _messages(
    ticket: Ticket, agent: Agent, before: int | None, from_position: int | None
) -> QuerySet[Message]:
    newest_first = readable(agent).filter(ticket=ticket).order_by("-position")
    if from_position is not None:
        return newest_first.filter(position__gte=from_position)
    if before is not None:
        newest_first = newest_first.filter(position__lt=before)
    return newest_first[: MESSAGES_PER_PAGE + 1]


def entry_of(message: Any, reader: Agent) -> Entry:
    """Make a message that came from `readable` ready to print."""
    words = "" if is_sealed(message.text) else message.visible_text or message.text
    quoted = message.quoted
    talk = talk_in_words(message, reader)
    # Who logged a customer's words did not say them.
    spoke = message.author_contact if talk and not message.is_from_us else None
    author = spoke or message.author_agent or message.author_contact
    card = card_of(message, message.enclosed)
    return Entry(
        id=message.pk,
        position=message.position,
        kind=message.kind,
        author=spoke.display_name if spoke else message.author_name,
        initials=author.initials if author else "?",
        at=message.created_at,
        to=_recipients(message),
        sender=_sender_mark(message),
        language=message.language,
        text=words[:LETTERS_SHOWN],
        written=_written(message),
        quoted=quoted[:LETTERS_SHOWN],
        signature=message.signature[:LETTERS_SHOWN],
        is_cut=max(len(words), len(quoted)) > LETTERS_SHOWN,
        is_automatic=message.is_automatic,
        # A letter with pictures and tables is shown as it was sent; an answer is read by its words.
        is_shown_as_sent=message.is_rich and not quoted and not message.is_from_us,
        has_form=message.is_rich and not message.is_from_us,
        has_remote_pictures=message.has_remote_pictures,
        files=_files(message, card),
        invitation=card,
        protection=protection_of(message),
        outcome=outcome_of(message.delivered) if message.kind in Message.BY_HAND else None,
        fate=_fate(message) if message.kind == Message.Kind.NOTICE else "",
        arrival=next(iter(message.first_arrivals), None) if message.kind == Message.Kind.CONTACT else None,
        leaving=Leaving.of(message, message.reader_id),
        can_be_forwarded=can_be_forwarded(message),
        redaction=Redaction.of(message),
        talk=talk,
    )


def _written(message: Any) -> SafeString:
    """Return the form that the editor gave a message of ours, with its pictures."""
    addresses = {each.content_id: each.url(inline=True) for each in message.enclosed if each.is_inline}
    return written(message.own_html or "", addresses)


def _fate(message: Any) -> str:
    outcome = outcome_of(message.delivered)
    return str(Delivery.State(outcome.state).label) if outcome else ""


def _sender_mark(message: Message) -> SenderMark | None:
    if not message.sender_check:
        return None
    label, reasons = message.get_sender_check_display(), sentences(message.sender_evidence)
    return SenderMark(message.sender_check, label, message.author_address, reasons)


def _recipients(message: Message) -> str:
    if message.kind == Message.Kind.NOTE:
        return ""
    return whom_in_words(*(", ".join(each) for each in (message.to, message.cc, message.bcc)))


def _files(message: Any, card: Card | None) -> list[AttachedFile]:
    """Its files but for the one that its invitation offers already."""
    found = (_file(each) for each in message.enclosed if not each.is_inline)
    return [file for file in found if not card or file.url != card.file]


def _file(attachment: Attachment) -> AttachedFile:
    icon = "image" if attachment.media_type.startswith("image/") else "file"
    shown_as = attachment.pk if can_be_shown(attachment.file) else None
    return AttachedFile(attachment.name, attachment.size, icon, attachment.url(), shown_as)


def _happenings(
    ticket: Ticket, agent: Agent, messages: list[Message], is_whole: bool, before: int | None
) -> list[Happening]:
    if not messages:
        return []
    since = None if is_whole else messages[0].created_at
    return happenings_of(
        ticket, agent, since=since, before=None if before is None else messages[-1].created_at
    )


def _told_together(
    messages: list[Message], happenings: list[Happening], agent: Agent
) -> list[Entry | Happening]:
    lines: list[Entry | Happening] = [
        *with_mentions(
            [entry_of(each, agent) for each in messages], agent, words="written", plain=paragraphs
        ),
        *happenings,
    ]
    # A message comes before what it caused in the same instant.
    return sorted(lines, key=lambda line: (line.at, isinstance(line, Happening)))

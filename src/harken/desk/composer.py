"""The composer below a thread: what stands in it before, and after a refusal."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from django.http import QueryDict
from django.utils.translation import gettext as _

from harken.desk.forms import AnswerForm
from harken.desk.reach import warnings_for
from harken.files.keep import keep
from harken.tickets.models import Enclosure, Message, Ticket, Words

PEEK_LETTERS = 200


@dataclass(frozen=True)
class News:
    """Who wrote while somebody else was writing."""

    author: str
    words: str
    message_id: int
    is_from_us: bool


@dataclass(frozen=True)
class DraftShown:
    """The draft that a composer was filled with, and the names of the files that wait with it."""

    id: int
    files: list[str]


@dataclass(frozen=True)
class Composer:
    """A form to write a reply or a note in; `refusal` says why nothing was sent, the text is kept."""

    kind: str
    text: str
    to: str
    cc: str
    seen_up_to: int
    summary: str
    refusal: str = ""
    news: list[News] = field(default_factory=list)
    # What is known against the addresses it would go to.
    warnings: list[str] = field(default_factory=list)
    # Why it goes elsewhere than where the requester wrote from.
    asked: str = ""
    draft: DraftShown | None = None

    @classmethod
    def empty_for(cls, ticket: Ticket) -> Self:
        """Return a fresh one: a reply to whoever wrote last, a copy to those copied so far."""
        to, cc = ticket.reply_addresses, ticket.copied_addresses
        summary = _summary(to, cc, _names(ticket))
        asked, doubts = _asked(ticket)
        return cls(
            Message.Kind.REPLY,
            "",
            ", ".join(to),
            ", ".join(cc),
            ticket.last_position,
            summary,
            warnings=[*doubts, *warnings_for(ticket.workspace_id, [*to, *cc])],
            asked=asked,
        )

    @classmethod
    def refused(cls, ticket: Ticket, typed: QueryDict, sentence: Any, unseen: Sequence[Message] = ()) -> Self:
        """Return it as it was typed. What arrived meanwhile is shown with it, so that the next attempt is not blind."""
        kind = Message.Kind.NOTE if typed.get("kind") == Message.Kind.NOTE else Message.Kind.REPLY
        seen = typed.get("seen_up_to", "")
        seen_up_to = int(seen) if seen.isdecimal() and not unseen else ticket.last_position
        texts = {name: typed.get(name, "") for name in ("text", "to", "cc")}
        summary = _summary([texts["to"]], [texts["cc"]] if texts["cc"] else [], {})
        return cls(
            kind,
            **texts,
            seen_up_to=seen_up_to,
            summary=summary,
            refusal=str(sentence),
            news=news_in(unseen),
            warnings=warnings_for(ticket.workspace_id, f"{texts['to']},{texts['cc']}".split(",")),
            draft=_draft_typed(typed),
        )


def _draft_typed(typed: QueryDict) -> DraftShown | None:
    pk = typed.get("draft", "")
    return DraftShown(int(pk), typed.getlist("draft_file")) if pk.isdecimal() and len(pk) < 19 else None


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


def _summary(to: list[str], cc: list[str], names: dict[str, str]) -> str:
    whom, copies = (", ".join(names.get(each, each) for each in addresses) for addresses in (to, cc))
    return _("to %(to)s, cc %(cc)s") % {"to": whom, "cc": copies} if cc else _("to %(to)s") % {"to": whom}


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


def words_of(form: AnswerForm, ticket: Ticket) -> Words:
    """Keep the attached files and return everything as the words of a message."""
    files = (
        keep(ticket.workspace, file.name or "", file.content_type or "", file.read())
        for file in form.cleaned_data["attachments"]
    )
    return Words(form.cleaned_data["text"], files=tuple(Enclosure(file) for file in files))

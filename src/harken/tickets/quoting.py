"""Quoting what was said on a ticket for somebody outside: each message below a head that says by whom and when.

The form its sender gave it stays as far as our editor knows it, with its own pictures; history they quoted is not
quoted once more. What is too long to be quoted goes along as a file.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from harken.files.keep import keep
from harken.files.models import File
from harken.lib.html import paragraphs
from harken.lib.unfolded import without_folds
from harken.lib.written import clean_written, pictures_in, renamed_pictures, with_pictures_of
from harken.tickets.draft_files import MOST_FILES
from harken.tickets.models import Enclosure, Message, Words

LINE = "-" * 10
# What an editor in a browser still takes in at once.
MOST_LETTERS = 300_000
MOST_PARTS = 3000

_HEAD = re.compile(rf"^{LINE} .{{1,80}} {LINE}\s*$", re.MULTILINE)
# Editors give the lines of a head marks of their own.
_HEAD_IN_FORM = re.compile(rf"<(?:div|p)\b[^<>]*>(?:<[a-z][^<>]*>)*{LINE} [^<>]{{1,80}} {LINE}")


@dataclass
class _Quote:
    texts: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    files: list[Enclosure] = field(default_factory=list)
    letters_left: int = MOST_LETTERS
    parts_left: int = MOST_PARTS

    @property
    def words(self) -> Words:
        return Words("\n\n".join(self.texts), html="".join(self.forms), files=tuple(self.files[:MOST_FILES]))

    def add(self, message: Message) -> None:
        enclosed = [Enclosure.of(each) for each in message.attachments.select_related("file")]
        head, said = head_of(message), (message.visible_text or message.text).strip()
        form, files = _form_of(message, enclosed)
        if not self._has_room_for(form):
            form, files = paragraphs(said), _beside(enclosed)
        if not self._has_room_for(form) or len(said) > self.letters_left:
            files = [Enclosure(_as_file(message, said)), *files]
            said = _("(Too long to be quoted: it is attached as a file.)")
            form = paragraphs(said)
        self._take(head, said, form)
        self.files += files

    def _has_room_for(self, form: str) -> bool:
        return len(form) <= self.letters_left and form.count("<") <= 2 * self.parts_left

    def _take(self, head: Sequence[str], said: str, form: str) -> None:
        self.letters_left -= len(form)
        self.parts_left -= form.count("<") // 2
        self.texts.append("\n".join([*head, "", said]))
        self.forms.append(f"<div>{'<br>'.join(map(escape, head))}</div><blockquote>{form}</blockquote>")


def quoted(messages: Sequence[Message]) -> Words:
    """Return messages with their heads and files, in the workspace's language: both forms."""
    quote = _Quote()
    for message in messages:
        quote.add(message)
    return quote.words


def without_quote(text: str, html: str) -> tuple[str, str]:
    """Return both forms of what somebody wrote above the messages they forward; all of them where no head is left."""
    head, head_in_form = _HEAD.search(text), _HEAD_IN_FORM.search(html)
    if not head or (html and not head_in_form):
        return text, html
    return text[: head.start()], html[: head_in_form.start()] if head_in_form else ""


def head_of(message: Message) -> list[str]:
    """Return the lines that say by whom a message is, from when, about what and to whom."""
    workspace = message.ticket.workspace
    with translation.override(workspace.language):
        at = date_format(
            (message.sent_at or message.created_at).astimezone(workspace.zone), "DATETIME_FORMAT"
        )
        lines = [
            f"{LINE} {_('Forwarded message')} {LINE}",
            _("From: %(who)s") % {"who": _author(message)},
            _("Date: %(date)s") % {"date": at},
            _("Subject: %(subject)s") % {"subject": message.ticket.title},
        ]
        if message.to:
            lines.append(_("To: %(addresses)s") % {"addresses": ", ".join(message.to)})
        if message.cc:
            lines.append(_("Cc: %(addresses)s") % {"addresses": ", ".join(message.cc)})
    return lines


def _form_of(message: Message, enclosed: Sequence[Enclosure]) -> tuple[str, list[Enclosure]]:
    """Return a message's own form, its pictures under names that no other message has, and its files."""
    own = {each.content_id: f"{secrets.token_hex(12)}@harken" for each in enclosed if each.content_id}
    written = with_pictures_of(clean_written(without_folds(message.html)), own)
    if not written:
        return paragraphs((message.visible_text or message.text).strip()), _beside(enclosed)
    shown = pictures_in(written)
    files = [
        replace(each, content_id=own[each.content_id], is_inline=True)
        if each.content_id in shown
        else replace(each, content_id="", is_inline=False)
        for each in enclosed
    ]
    return renamed_pictures(written, own), files


def _beside(enclosed: Sequence[Enclosure]) -> list[Enclosure]:
    """The same files beside the text: their place was in a form that is not quoted."""
    return [replace(each, content_id="", is_inline=False) for each in enclosed]


def _as_file(message: Message, said: str) -> File:
    workspace = message.ticket.workspace
    return keep(workspace, f"{message.ticket.title[:60]}.txt", "text/plain", said.encode())


def _author(message: Message) -> str:
    name, address = message.author_name, message.author_address
    return f"{name} <{address}>" if address and name != address else name

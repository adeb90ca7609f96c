"""Saved replies: kept, changed, removed and brought back, and used."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from harken.agents.models import Agent
from harken.automations.errors import NoShortcut, NothingToCallIt, NothingToSay, ShortcutTaken, TooLong
from harken.automations.models import LONGEST_NAME, LONGEST_SHORTCUT, SavedReply, SavedReplyFile
from harken.channels.email.html_text import render
from harken.events.record import record
from harken.files.keep import let_go
from harken.lib import rows
from harken.lib.text import clean, one_line
from harken.lib.written import clean_written, with_pictures_of

LONGEST_TEXT = 50_000
# A removed reply can be brought back for so long.
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Wording:
    """What a saved reply is called and says. With `html` its words are the text, whatever `text` says."""

    name: str
    text: str = ""
    html: str = ""
    shortcut: str = ""
    is_shared: bool = True


@transaction.atomic
def keep_reply(wording: Wording, *, by: Agent) -> SavedReply:
    """Keep an answer for later. Raises NothingToCallIt, NothingToSay, TooLong, NoShortcut, ShortcutTaken."""
    reply = SavedReply(workspace_id=by.workspace_id, owner=by, changed_by=by, **_fields(wording))
    _save(reply)
    record("saved_reply.kept", reply, by=by)
    return reply


@transaction.atomic
def change_reply(reply: SavedReply, wording: Wording, *, by: Agent) -> None:
    """Let it say something else from now on; what was sent stays. Raises the same as `keep_reply`.

    Who no longer shares one keeps it for themselves.
    """
    fields = _fields(wording)
    rows.lock(reply)
    if reply.is_shared and not fields["is_shared"]:
        reply.owner = by
    for name, value in fields.items():
        setattr(reply, name, value)
    reply.changed_by = by
    _save(reply)
    record("saved_reply.changed", reply, by=by)


@transaction.atomic
def remove_reply(reply: SavedReply, *, by: Agent) -> None:
    """Take it out of all lists; `bring_back` undoes it for a day. Twice is harmless."""
    _forget_old(reply.workspace_id)
    rows.lock(reply)
    if reply.removed_at is None:
        reply.removed_at = timezone.now()
        reply.save(update_fields=["removed_at"])
        record("saved_reply.removed", reply, by=by)


@transaction.atomic
def bring_back(reply: SavedReply, *, by: Agent) -> None:
    """Let a removed one be there again, without its shortcut where another has that by now. Twice is harmless."""
    rows.lock(reply)
    if reply.removed_at is None:
        return
    reply.removed_at = None
    try:
        _save(reply)
    except ShortcutTaken:
        reply.shortcut = ""
        _save(reply)
    record("saved_reply.brought_back", reply, by=by)


def note_use(reply: SavedReply) -> None:
    """Count that it was put into an answer."""
    SavedReply.objects.filter(pk=reply.pk).update(uses=F("uses") + 1, used_at=Now())


def _forget_old(workspace_id: int) -> None:
    """Delete what was removed too long ago to be brought back, with its files."""
    old = SavedReply.objects.filter(workspace_id=workspace_id, removed_at__lt=timezone.now() - KEPT_FOR)
    files = [each.file for each in SavedReplyFile.objects.filter(reply__in=old).select_related("file")]
    old.delete()
    let_go(files)


def _save(reply: SavedReply) -> None:
    try:
        with transaction.atomic():
            reply.save()
    except IntegrityError as error:
        raise ShortcutTaken from error


def _fields(wording: Wording) -> dict[str, str | bool]:
    name = one_line(wording.name, LONGEST_NAME)
    if not name:
        raise NothingToCallIt
    text, html = forms_of(wording.text, wording.html)
    is_shared, shortcut = wording.is_shared, _shortcut(wording.shortcut)
    return {"name": name, "text": text, "html": html, "shortcut": shortcut, "is_shared": is_shared}


def forms_of(text: str, html: str) -> tuple[str, str]:
    """Return both forms of what was written. Pictures are files of one message and do not stay.

    Raises NothingToSay or TooLong.
    """
    text, html = clean(text), clean(html)
    if max(len(text), len(html)) > 4 * LONGEST_TEXT:
        raise TooLong
    html = with_pictures_of(clean_written(html), ()) if html.strip() else ""
    words = render(html).replace("\u00a0", " ").strip() if html else text.strip()
    if not words:
        raise NothingToSay
    if max(len(words), len(html)) > LONGEST_TEXT:
        raise TooLong
    return words, html


def _shortcut(typed: str) -> str:
    shortcut = typed.strip().removeprefix("/").casefold()
    if shortcut and (
        len(shortcut) > LONGEST_SHORTCUT
        or shortcut != one_line(shortcut, LONGEST_SHORTCUT)
        or set(shortcut) & set(" /@")
    ):
        raise NoShortcut
    return shortcut

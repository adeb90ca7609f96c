"""What can be shown of a file without opening it in another program."""

from dataclasses import dataclass, field, replace

from django.db.models import QuerySet

from harken.agents.models import Agent
from harken.channels.contract import Address, Incoming
from harken.channels.email.channel import read
from harken.channels.email.reader import ReaderUnavailable
from harken.files.errors import FilesError
from harken.files.media_types import picture_type
from harken.files.models import File
from harken.files.words import formats
from harken.files.words.reading import LARGEST_FILE, kind_of, words_of_file
from harken.tickets.models import Attachment

MOST_PAGES = 30
LETTERS_SHOWN = 100_000
_MAIL = "message/rfc822"


@dataclass(frozen=True)
class Letter:
    """A letter that came enclosed: its head, and what its writer wrote."""

    subject: str
    sender: str
    to: str
    text: str
    files: list[str]


@dataclass(frozen=True)
class Preview:
    """A file as it can be looked at: a picture, pages of a PDF, an enclosed letter, or the words of a document.

    None of them: it can only be saved.
    """

    name: str
    size: int
    url: str
    picture: str = ""
    pages: range = field(default_factory=lambda: range(0))
    more_pages: int = 0
    words: str = ""
    is_cut: bool = False
    letter: Letter | None = None


def attachments_of(agent: Agent) -> QuerySet[Attachment]:
    """Return the files an agent may see."""
    return Attachment.objects.filter(workspace_id=agent.workspace_id).select_related(
        "file", "message__ticket"
    )


def can_be_shown(file: File) -> bool:
    """Say, without reading it, whether there may be something to show."""
    is_readable = bool(kind_of(file)) or _is_mail(file)
    return file.media_type.startswith("image/") or (is_readable and file.size <= LARGEST_FILE)


def preview_of(file: File) -> Preview:
    """Return what can be shown of a file. Never raises: a file that is gone or broken can only be saved."""
    known = Preview(file.name, file.size, file.url())
    try:
        return _with_content(known, file)
    except (FilesError, ReaderUnavailable, OSError):
        return known


def _with_content(known: Preview, file: File) -> Preview:
    if file.media_type.startswith("image/"):
        is_drawn = picture_type(file.content()[:12])
        return replace(known, picture=file.url(inline=True) if is_drawn else "")
    if _is_mail(file):
        return replace(known, letter=_letter(file))
    words = words_of_file(file)
    if kind_of(file) == "pdf":
        count = words.count(formats.PAGE_END)
        pages = range(1, min(count, MOST_PAGES) + 1)
        return replace(known, pages=pages, more_pages=max(count - MOST_PAGES, 0))
    return replace(known, words=words[:LETTERS_SHOWN], is_cut=len(words) > LETTERS_SHOWN)


def _is_mail(file: File) -> bool:
    return file.media_type.partition(";")[0] == _MAIL or file.name.lower().endswith(".eml")


def _letter(file: File) -> Letter | None:
    if file.size > LARGEST_FILE:
        return None
    read_mail = read(file.content())
    if not isinstance(read_mail, Incoming):
        return None
    return Letter(
        subject=read_mail.subject,
        sender=_named(read_mail.sender),
        to=", ".join(map(_named, read_mail.to)),
        text=read_mail.text[:LETTERS_SHOWN],
        files=[each.name for each in read_mail.files if not each.inline],
    )


def _named(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name else address.email

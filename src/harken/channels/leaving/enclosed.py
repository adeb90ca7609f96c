"""What of a message's files travels with the letter, and what waits behind a link because it is too large."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.template.defaultfilters import filesizeformat
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from harken.channels.contract import OutgoingFile
from harken.channels.email.bodies import NO_LINKS, FileLink, Links
from harken.files import storage
from harken.tickets.models import Attachment, Message

LINKS_OPEN_FOR = timedelta(days=90)
MEGABYTE = 1_000_000


def enclosed(message: Message, most_megabytes: int) -> tuple[tuple[OutgoingFile, ...], Links]:
    """Return the files that travel, at most so many megabytes, and links to the rest, the largest first to stay.

    The same every time: a link opens for ninety days from the day the message was written. Raises FilesError.
    """
    attachments = list(message.attachments.select_related("file"))
    linked = _too_large(attachments, most_megabytes * MEGABYTE)
    travelling = [each for each in attachments if each not in linked]
    return tuple(_outgoing_file(each) for each in travelling), _links(message, linked)


def _too_large(attachments: Sequence[Attachment], most_bytes: int) -> list[Attachment]:
    linked: list[Attachment] = []
    total = sum(each.size for each in attachments)
    # A picture in the text has its place there.
    for each in sorted((one for one in attachments if not one.is_inline), key=lambda one: -one.size):
        if total <= most_bytes:
            break
        linked.append(each)
        total -= each.size
    return [each for each in attachments if each in linked]


def _outgoing_file(attachment: Attachment) -> OutgoingFile:
    content = storage.read(attachment.workspace_id, attachment.file.sha256)
    return OutgoingFile(attachment.name, attachment.media_type, content, attachment.content_id)


def _links(message: Message, attachments: Sequence[Attachment]) -> Links:
    if not attachments:
        return NO_LINKS
    last_day: date = (message.created_at + LINKS_OPEN_FOR).date()
    with translation.override(message.ticket.workspace.language):
        heading = _("Files to fetch until %(day)s:") % {"day": date_format(last_day, "DATE_FORMAT")}
        return Links(
            heading,
            [
                FileLink(each.name, filesizeformat(each.size), each.file.url_until(last_day))
                for each in attachments
            ],
        )

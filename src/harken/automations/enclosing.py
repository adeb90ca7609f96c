"""Files of a saved reply: kept once, and put beside every answer it is used in."""

from django.db import transaction
from django.template.defaultfilters import filesizeformat

from harken.agents.models import Agent
from harken.automations.errors import FileTooLarge, TooManyFiles
from harken.automations.models import SavedReply, SavedReplyFile
from harken.events.record import record
from harken.files.keep import keep, let_go
from harken.lib import rows

MOST_FILES = 10
MOST_BYTES = 20 * 1000 * 1000


@transaction.atomic
def enclose(reply: SavedReply, name: str, media_type: str, content: bytes, *, by: Agent) -> SavedReplyFile:
    """Keep a file that comes along with a reply. Raises TooManyFiles or FileTooLarge."""
    rows.lock(reply)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(name, filesizeformat(MOST_BYTES))
    if reply.files.count() >= MOST_FILES:
        raise TooManyFiles(MOST_FILES)
    file = keep(by.workspace, name, media_type, content)
    enclosed = SavedReplyFile.objects.create(workspace_id=reply.workspace_id, reply=reply, file=file)
    record("saved_reply.changed", reply, by=by)
    return enclosed


@transaction.atomic
def take_out(reply: SavedReply, file_id: int, *, by: Agent) -> None:
    """Let a file come along no more; answers that were sent keep it. Twice is harmless."""
    rows.lock(reply)
    found = reply.files.select_related("file").filter(pk=file_id).first()
    if found:
        found.delete()
        let_go([found.file])
        record("saved_reply.changed", reply, by=by)

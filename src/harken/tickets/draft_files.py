"""Files that wait with a draft: attached one by one while it is being written."""

import secrets
import uuid
from collections.abc import Callable

from django.db import transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from harken.agents.models import Agent
from harken.files.models import File
from harken.tickets.draft_errors import DraftLeft, FileTooLarge, TooManyFiles
from harken.tickets.drafts import Place, beginning_of, draft_of
from harken.tickets.models import Draft, DraftFile

MOST_FILES = 100
# What does not fit into a letter leaves as a link, so that this may be more than mail servers take.
MOST_BYTES_OF_A_FILE = 50 * 1000 * 1000
MOST_BYTES = 5 * MOST_BYTES_OF_A_FILE


@transaction.atomic
def attach_to_draft(
    place: Place,
    agent: Agent,
    size: int,
    keep: Callable[[], File],
    *,
    is_inline: bool = False,
    key: uuid.UUID | None = None,
) -> DraftFile:
    """Attach a file to a colleague's draft, which begins with it if there is none yet.

    `keep` stores it, once it is known that `size` bytes may come; inline, it is shown in the text by its content
    id. Raises TooManyFiles, FileTooLarge, or DraftLeft when the draft is sent meanwhile.
    """
    draft = _draft_at(place, agent, key)
    # Several come at once: each counts those before it.
    if Draft.objects.select_for_update().filter(pk=draft.pk, leaves_at=None).first() is None:
        raise DraftLeft
    _refuse_too_much(draft, size)
    content_id = f"{secrets.token_hex(12)}@harken" if is_inline else ""
    return DraftFile.objects.create(
        workspace_id=draft.workspace_id, draft=draft, file=keep(), content_id=content_id, is_inline=is_inline
    )


def bring_to_draft(place: Place, agent: Agent, file: File, *, key: uuid.UUID | None = None) -> DraftFile:
    """Attach a file that is kept already; one that waits there comes once. Raises as `attach_to_draft`."""
    draft = draft_of(place, agent)
    known = draft.enclosures.filter(file=file).first() if draft else None
    return known or attach_to_draft(place, agent, file.size, lambda: file, key=key)


def _draft_at(place: Place, agent: Agent, key: uuid.UUID | None) -> Draft:
    known = beginning_of(place, agent, key)
    made = (
        {}
        if known["ticket"] is None
        else {"key": known.pop("key"), "seen_up_to": known["ticket"].last_position}
    )
    draft, _is_new = Draft.objects.get_or_create(**known, leaves_at=None, defaults=made)
    return draft


def _refuse_too_much(draft: Draft, size: int) -> None:
    if size > MOST_BYTES_OF_A_FILE:
        raise FileTooLarge(filesizeformat(MOST_BYTES_OF_A_FILE))
    if draft.enclosures.count() >= MOST_FILES:
        raise TooManyFiles(MOST_FILES)
    if size + (draft.enclosures.aggregate(all=Sum("file__size"))["all"] or 0) > MOST_BYTES:
        raise FileTooLarge(filesizeformat(MOST_BYTES_OF_A_FILE))

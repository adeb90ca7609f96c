"""Shells for the worker: load, call one verb. Each may run twice and late."""

from datetime import datetime

from harken.channels.leaving.deliver import deliver, give_up
from harken.channels.leaving.pacing import turn_of
from harken.channels.mailboxes.look_after import look_after
from harken.channels.mailboxes.tell_owners import due, tell
from harken.channels.models import Mailbox
from harken.events.jobs import GrowingPauses, defer_once, every, job
from harken.lib import rows
from harken.tickets.models import Message
from harken.workspaces import wall

# Procrastinate lets an older job with the same lock go first, even one that is due in four hours only.
BEFORE_THE_WAITING = 1


def _fail_message(workspace_id: int, message_id: int) -> None:
    give_up(Message.objects.get(pk=message_id))


@job(queue="mail-out", given_up=_fail_message)
def deliver_message(workspace_id: int, message_id: int, *, is_its_turn: bool = False) -> None:
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        # Taken back before it left.
        return
    if message.leaves_at and message.leaves_at > rows.now():
        defer_delivery(workspace_id, message_id, at=message.leaves_at)
        return
    turn_at = None if is_its_turn else turn_of(message)
    if turn_at:
        defer_delivery(workspace_id, message_id, at=turn_at, is_its_turn=True)
        return
    next_try_at = deliver(message)
    # Killed before this line, the job itself comes back and finds nothing due but the next try.
    if next_try_at:
        defer_delivery(workspace_id, message_id, at=next_try_at)


def defer_delivery(
    workspace_id: int, message_id: int, *, at: datetime | None = None, is_its_turn: bool = False
) -> None:
    """Queue the delivery of a message, now unless said otherwise; the lock keeps two attempts at one apart.

    `is_its_turn` says that it has waited for its turn at a server that takes so many letters a minute.
    """
    priority = 0 if at else BEFORE_THE_WAITING
    task = deliver_message.configure(lock=f"message-{message_id}", schedule_at=at, priority=priority)
    task.defer(workspace_id=workspace_id, message_id=message_id, is_its_turn=is_its_turn)


@every("*/2 * * * *", queue="mail")
def look_after_mailboxes() -> None:
    with wall.across():
        mailboxes = list(Mailbox.objects.filter(channel__is_active=True).values_list("workspace_id", "pk"))
    for workspace_id, mailbox_id in mailboxes:
        defer_once(
            look_after_mailbox, f"mailbox-{mailbox_id}", workspace_id=workspace_id, mailbox_id=mailbox_id
        )


@every("* * * * *", queue="mail")
def tell_of_troubles() -> None:
    with wall.across():
        troubles = list(due().values_list("workspace_id", "pk"))
    for workspace_id, trouble_id in troubles:
        defer_once(tell_of_trouble, f"trouble-{trouble_id}", workspace_id=workspace_id, trouble_id=trouble_id)


# Not tried again when it fails: the clock brings the next one.
@job(queue="mail", retry=GrowingPauses(attempts=0))
def look_after_mailbox(workspace_id: int, mailbox_id: int) -> None:
    mailbox = Mailbox.objects.select_related("channel__workspace", "grant").filter(pk=mailbox_id).first()
    if mailbox:
        look_after(mailbox)


@job(queue="mail", retry=GrowingPauses(attempts=0))
def tell_of_trouble(workspace_id: int, trouble_id: int) -> None:
    trouble = due().select_related("channel__workspace", "channel__mailbox").filter(pk=trouble_id).first()
    if trouble:
        tell(trouble)

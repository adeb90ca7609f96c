"""What channels do when something happened below; each runs in the transaction that recorded it."""

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from harken.agents.models import Agent
from harken.channels.arriving.draft_letters import tell_of_draft
from harken.channels.arriving.unowned import give_out
from harken.channels.email.signatures import new_message_id
from harken.channels.leaving.deliver import stop
from harken.channels.leaving.outgoing import address_of
from harken.channels.ledger.retention import forget_letters
from harken.channels.models import Arrival, Channel, Delivery, Mailbox
from harken.channels.robots.spam import forget_senders, learn_senders
from harken.channels.steps import Step, passed
from harken.channels.tasks import defer_delivery
from harken.events.models import Event
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.tickets.errors import MailboxIsGone
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall
from harken.workspaces.models import Workspace


def queue_deliveries(event: Event) -> None:
    """Fix the Message-ID of a queued reply and make one delivery for each of its recipients."""
    message: Message = event.about
    message.refer_as(new_message_id(message.workspace, address_of(message.ticket), message.pk))
    roles = dict.fromkeys(message.bcc, Delivery.Role.BCC)
    roles |= dict.fromkeys(message.cc, Delivery.Role.CC) | dict.fromkeys(message.to, Delivery.Role.TO)
    # A colleague's own letter has gone to some of them already.
    reached = set(event.data.get("reached", []))
    deliveries = [
        Delivery(workspace_id=message.workspace_id, message=message, address=address, role=role)
        for address, role in roles.items()
        if address not in reached
    ]
    rows.insert(*deliveries)
    if deliveries:
        defer_delivery(message.workspace_id, message.pk, at=message.leaves_at)
    passed(Step.DELIVERIES_QUEUED)


def tell_of_held_answer(event: Event) -> None:
    """Tell a writer that what they had scheduled has not left."""
    if event.data["why"]:
        tell_of_draft.defer(workspace_id=event.workspace_id, draft_id=event.about_id)


def look_for_its_mailbox(event: Event) -> None:
    """Let a letter that was scheduled leave from the mailbox its writer chose, or not at all. Raises MailboxIsGone."""
    mailboxes = Channel.objects.active().filter(workspace_id=event.workspace_id, kind=Channel.Kind.EMAIL)
    chosen = event.data["channel"]
    if not (mailboxes.filter(pk=chosen) if chosen else mailboxes).exists():
        raise MailboxIsGone


def follow_moved_messages(event: Event) -> None:
    """Let the ledger's rows go where their messages went, and tell anew which ticket has a failed delivery."""
    ticket: Ticket = event.about
    Arrival.objects.filter(workspace_id=ticket.workspace_id, message__in=event.data["messages"]).update(
        ticket=Subquery(Message.objects.filter(pk=OuterRef("message")).values("ticket")[:1])
    )
    ticket.show_problem(Delivery.objects.some_failed_on(ticket))


def forget_redacted(event: Event) -> None:
    """Remove the letters that redacted words came in, and send nobody what is left of an answer."""
    changed = event.data["changed"]
    forget_letters(changed)
    for message in Message.objects.filter(pk__in=changed):
        stop(message, _("The words were removed before they were sent."))
    if event.data["subject"]:
        Arrival.objects.filter(ticket=event.ticket_id).update(subject="")


def learn_spam(event: Event) -> None:
    """A colleague called a ticket spam: later letters of its sender are, too."""
    learn_senders(event.about, Agent.objects.get(pk=event.agent_id))


def forget_spam(event: Event) -> None:
    """It was none."""
    forget_senders(event.about)


def add_first_mailbox(event: Event) -> None:
    """Give a new workspace the mailbox its owner named; its mail may come by forwarding until it is connected."""
    address = normalise(event.data.get("customers_write_to", ""))
    if not address or Channel.objects.taken(address):
        return
    workspace: Workspace = event.about
    channel = Channel.objects.create(
        workspace=workspace, kind=Channel.Kind.EMAIL, name=address, address=address
    )
    Mailbox.objects.create(workspace=workspace, channel=channel, from_name=workspace.name)


def give_out_unowned(event: Event) -> None:
    """Somebody may have the address now that letters came to before."""
    with wall.inside(None):
        some_wait = Arrival.objects.held().exists()
    if some_wait:
        give_out.defer(workspace_id=None)

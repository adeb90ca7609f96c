"""From a reply on a ticket to the letter that leaves: sender, recipients, chain, both bodies, files."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.contract import Address, Outgoing
from harken.channels.email.bodies import Links, html_body, text_body
from harken.channels.email.signatures import loop_mark, reply_address
from harken.channels.leaving.enclosed import enclosed
from harken.channels.leaving.signature import signature_below
from harken.channels.models import Channel
from harken.channels.proof.foreign_numbers import numbers_for
from harken.contacts.models import Identity
from harken.lib import rows
from harken.lib.html import paragraphs
from harken.tickets.models import Message, Ticket
from harken.tickets.quoting import without_quote

# Enough for every mail program to find its thread; longer chains only grow.
MOST_REFERENCES = 30


_ADDRESS_OF = """
    SELECT address FROM channels_channel WHERE workspace_id = %s AND kind = %s AND is_active
    ORDER BY id = %s DESC NULLS LAST, id LIMIT 1
"""


class NoMailbox(Exception):
    """There is no mailbox in the workspace that a reply could leave from."""

    sentence = _(
        "Not sent: this workspace has no mailbox to send from. Add one in the settings, then send again."
    )

    def __str__(self) -> str:
        return str(self.sentence)


def channel_of(ticket: Ticket) -> Channel:
    """Return the mailbox that answers a ticket: its own, else the workspace's first. Raises NoMailbox."""
    mailboxes = Channel.objects.active().filter(workspace_id=ticket.workspace_id, kind=Channel.Kind.EMAIL)
    mailboxes = mailboxes.select_related("mailbox", "workspace").order_by("id")
    own = mailboxes.filter(pk=ticket.channel_id).first() if ticket.channel_id else None
    channel = own or mailboxes.first()
    if channel is None:
        raise NoMailbox
    return channel


def mailboxes_of(agent: Agent) -> list[Channel]:
    """Return the mailboxes that a letter of this colleague may leave from, the first made first."""
    active = Channel.objects.visible_to(agent).active().filter(kind=Channel.Kind.EMAIL)
    return list(active.select_related("mailbox", "workspace").order_by("pk"))


def address_of(ticket: Ticket) -> str:
    """Return the address of the mailbox that answers a ticket; `""` when there is none."""
    found = rows.ask(_ADDRESS_OF, [ticket.workspace_id, str(Channel.Kind.EMAIL), ticket.channel_id])
    return found[0][0] if found else ""


def outgoing_for(message: Message, channel: Channel, recipients: Sequence[str]) -> Outgoing:
    """Return the letter for these recipients of a reply. The same every time, so that a retry is the same letter."""
    ticket = message.ticket
    chain = _chain(message)
    signature = signature_below(message, channel)
    files, links = enclosed(message, channel.mailbox.most_megabytes)
    text, html = _bodies(message, signature, links)
    return Outgoing(
        reference=message.external_id,
        sender=Address(channel.address, _sender_name(message, channel)),
        reply_to=Address(
            reply_address(channel.workspace, channel.address, ticket.pk), channel.workspace.name
        ),
        recipients=tuple(recipients),
        to=_named(message, message.to),
        cc=_named(message, message.cc),
        subject=_subject(message),
        text=text,
        html="" if channel.mailbox.is_plain_text or message.is_plain else html,
        written_at=message.created_at,
        in_reply_to=chain[-1] if chain else "",
        references=tuple(chain[:1] + chain[1:][-(MOST_REFERENCES - 1) :]),
        files=files,
        automatic=message.kind == Message.Kind.NOTICE,
        loop_mark=loop_mark(channel.workspace),
    )


def _bodies(message: Message, signature: str, links: Links) -> tuple[str, str]:
    """Both bodies: the words, the signature, and below it what is passed on."""
    text, html = message.text, message.html
    if message.kind == Message.Kind.FORWARD:
        text, html = without_quote(text, html)
    below, form_below = (
        message.text[len(text) :],
        message.html[len(html) :] or paragraphs(message.text[len(text) :]),
    )
    return (
        text_body(text, signature, links, below),
        html_body(text, html, signature, message.language, links, form_below),
    )


def _sender_name(message: Message, channel: Channel) -> str:
    company = channel.mailbox.from_name or channel.workspace.name
    agent = message.author_agent
    return f"{agent.name}, {company}" if agent and agent.name else company


def _subject(message: Message) -> str:
    ticket = message.ticket
    if message.kind == Message.Kind.NOTICE:
        # Nothing a stranger wrote: whoever gets it may not be who wrote to us.
        with translation.override(ticket.workspace.language):
            return str(_("We received your message [%(number)s]") % {"number": ticket.short_number})
    subject = str(ticket.subject or _("Your message"))
    if message.kind == Message.Kind.FORWARD:
        # No number of another desk: whoever gets it has none there.
        return f"Fwd: {subject}"
    # Whoever is written to first has nothing to recognise it by.
    is_answer = message.position > 1 and not subject.lower().startswith("re:")
    subject = f"Re: {subject}" if is_answer else subject
    # By its own number another desk finds the matter again, and opens no second one.
    theirs = [words for words in numbers_for(ticket, [*message.to, *message.cc]) if words not in subject]
    return " ".join([subject, *theirs])


def _chain(message: Message) -> list[str]:
    """What was said before on this ticket, and what that referred to, oldest first; notes are no part of it."""
    if message.kind == Message.Kind.FORWARD:
        # To whoever gets it, it is the beginning.
        return []
    before = message.ticket.messages.filter(position__lt=message.position).exclude(external_id="")
    if message.kind == Message.Kind.NOTICE:
        # The id it answers and no more: even ids are words that a stranger chose.
        return list(before.order_by("position").values_list("external_id", flat=True)[:1])
    # What was passed on is a conversation of its own.
    said = before.exclude(kind__in=[Message.Kind.NOTE, Message.Kind.FORWARD]).order_by("position")
    known = said.values_list("references", "external_id")
    chain = [reference for references, external_id in known for reference in (*references, external_id)]
    # Of a reference that comes again its last place counts: the parent stands at the end.
    return list(reversed(dict.fromkeys(reversed(chain))))


def _named(message: Message, addresses: Sequence[str]) -> tuple[Address, ...]:
    if message.kind == Message.Kind.NOTICE:
        return tuple(map(Address, addresses))
    known = Identity.objects.filter(workspace_id=message.workspace_id, address__in=addresses).select_related(
        "contact"
    )
    names = {identity.address: identity.contact.name for identity in known}
    return tuple(Address(address, names.get(address, "")) for address in addresses)

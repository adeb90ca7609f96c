"""What a message is found by: its words and those of its ticket, people and files, and its answers to filters."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from harken.contacts.models import Identity
from harken.files.words.reading import words_of_file
from harken.search.words import words_of, words_of_name
from harken.tickets.models import Attachment, Message
from harken.tickets.models.message import MessageQuerySet
from harken.workspaces.models import COUNTER_DIGITS

HAS_FILE = "has:file"

_READ = (
    *("workspace_id", "text", "visible_text", "signature", "created_at", "redaction"),
    *("author_address", "to", "cc", "bcc", "moved_from__number"),
    *("ticket__number", "ticket__subject", "ticket__requester__name"),
    *("ticket__company__name", "ticket__company__domain"),
    *("author_agent__user__name", "author_agent__user__email", "author_contact__name"),
)


def read(messages: MessageQuerySet) -> list[Message]:
    """Return messages with all that is read of them here, in the order of their ids."""
    files = Attachment.objects.select_related("file")
    people = Identity.objects.only("contact", "address")
    with_people = messages.select_related(
        "moved_from", "ticket__requester", "ticket__company", "author_agent__user", "author_contact"
    ).only(*_READ)
    # To lists of their own: a queryset made for each message takes longer than to find them.
    with_files = with_people.prefetch_related(
        Prefetch("attachments", files, to_attr="enclosed"),
        Prefetch("ticket__requester__identities", people, to_attr="reached_at"),
    )
    return list(with_files.order_by("pk"))


def read_files(workspace_id: int, message_ids: "Iterable[int] | QuerySet[Any, int]") -> None:
    """Read what takes long to read, the files of messages, before a lock is held: what they say is kept."""
    files = Attachment.objects.filter(
        workspace=workspace_id, message__in=message_ids, is_inline=False
    ).select_related("file")
    for attachment in files:
        words_of_file(attachment.file)


def said_in(message: Message) -> str:
    """Return what the writer of a message said, with their signature; quoted history lies in other messages."""
    return "\n".join(filter(None, (message.visible_text or message.text, message.signature)))


def parts_of(message: Message) -> list[str]:
    """Return the texts of a message in which words are looked for, each for itself."""
    return [message.ticket.subject, *_names(message), said_in(message), *_file_words(message)]


def words_found_in(message: Message) -> set[str]:
    """Return all that a message is found by; what answers filters stands as `from:ann`."""
    ticket = message.ticket
    found = set().union(*map(words_of_name, [ticket.subject, *_names(message)]))
    found.update(*map(words_of, [said_in(message), *_file_words(message)]))
    # What was moved or merged away is found by its old number, too.
    for each in filter(None, (ticket, message.moved_from)):
        found.update((str(each.number), str(each.number % 10**COUNTER_DIGITS), each.short_number))
    found.update(_filters(message))
    return found


def _names(message: Any) -> Sequence[str]:
    ticket = message.ticket
    company = ticket.company
    return [
        message.author_name,
        message.author_address,
        *_addressees(message),
        ticket.requester.name,
        *(identity.address for identity in ticket.requester.reached_at),
        *((company.name, company.domain) if company else ()),
    ]


def _addressees(message: Message) -> list[str]:
    return [str(address) for address in (*message.to, *message.cc, *message.bcc)]


def _filters(message: Any) -> Iterable[str]:
    writer = [message.author_name, message.author_address]
    if message.author_agent:
        writer.append(message.author_agent.user.email)
    yield from (f"from:{word}" for word in words_of_name("\n".join(writer)))
    yield from (f"to:{word}" for word in words_of_name("\n".join(_addressees(message))))
    company = message.ticket.company
    if company:
        yield from (f"company:{word}" for word in words_of_name(f"{company.name}\n{company.domain}"))
    if any(not attachment.is_inline for attachment in message.enclosed):
        yield HAS_FILE


def _file_words(message: Any) -> Iterable[str]:
    for attachment in message.enclosed:
        if not attachment.is_inline:
            yield from (attachment.name, attachment.declared_name)
            yield words_of_file(attachment.file)

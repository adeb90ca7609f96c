"""Other desks' numbers: found in the subjects of their letters, kept, and repeated in ours so that their desk threads.

A template is plain words with one star for the number, such as `[Ticket#*]`: made into a pattern that cannot be slow.
"""

import re
from datetime import timedelta
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from harken.channels.models import ForeignPattern
from harken.channels.proof.authenticate import SenderCheck
from harken.contacts.models import Identity
from harken.lib.addresses import domain_of, is_public_provider
from harken.tickets.models import ForeignNumber, Message, Ticket
from harken.workspaces.models import Workspace

STAR = "*"
MOST_NUMBERS = 3
MOST_PATTERNS = 50
LONGEST_TEMPLATE = 60
# Numbers begin anew some day: what has been silent for so long is another matter.
REMEMBERED_FOR = timedelta(days=90)
USUAL = (
    *("[Ticket#*]", "[Ticket: *]", "[Ticket ID: *]", "[Ticket *]", "Ticket#*", "Ticket #*", "Ticket ID: *"),
    *("Ticket No. *", "[Case: *]", "[Case #*]", "Case #*", "Case: *", "Case ID: *", "[Request #*]"),
    *("Request #*", "Request ID: *", "(ref:*:ref)", "ref:*:ref", "[Ref: *]", "[#*]", "##*##"),
    *("[Обращение #*]", "Обращение №*", "Заявка №*", "Vorgang *", "お問い合わせ番号：*", "[チケット#*]"),
)
_NUMBER = r"([0-9A-Za-z_][0-9A-Za-z_.-]{0,38}[0-9A-Za-z_])"


class NotATemplate(ValueError):
    """What is wrong with the template of a number, worded for the person who wrote it."""


def checked_template(text: str) -> str:
    """Return a template as it is kept. Raises NotATemplate."""
    template = " ".join(text.split())
    if template.count(STAR) != 1:
        raise NotATemplate(_("“%(text)s” needs exactly one * where the number stands.") % {"text": template})
    if len(re.sub(r"[\s*]", "", template)) < 2:
        raise NotATemplate(
            _("“%(text)s” would find every number. Write what stands around it.") % {"text": template}
        )
    if len(template) > LONGEST_TEMPLATE:
        raise NotATemplate(_("“%(text)s” is too long.") % {"text": template})
    return template


def numbers_in(workspace: Workspace, subject: str) -> dict[str, str]:
    """Return the foreign numbers in a subject with their words around them: `{"0042": "[Ticket#0042]"}`."""
    if not any(sign.isdigit() for sign in subject):
        return {}
    own = ForeignPattern.objects.filter(workspace=workspace).values_list("template", flat=True)[
        :MOST_PATTERNS
    ]
    found: dict[str, str] = {}
    for template in (*own, *USUAL):
        match = _pattern(template).search(subject)
        if match and any(sign.isdigit() for sign in match[1]):
            found.setdefault(match[1], match[0])
    return dict(list(found.items())[:MOST_NUMBERS])


def keep_numbers(message: Message, subject: str) -> None:
    """Remember which numbers the sender's desk gave the matter, on the message that brought them."""
    ForeignNumber.objects.bulk_create(
        ForeignNumber(
            workspace_id=message.workspace_id,
            message=message,
            words=words[:120],
            number=number,
            address=message.author_address,
        )
        for number, words in numbers_in(message.workspace, subject).items()
        if not _is_ours(message, number)
    )


def brought_before(sender: Identity, subject: str, checked: SenderCheck) -> list[ForeignNumber]:
    """Return the numbers of a subject that this sender's desk has brought to a ticket before, the newest first.

    Anybody can write a number and a name: the address must be the same and its check not failed, or the domain
    the same, nobody's public mail, and the sender verified.
    """
    numbers = numbers_in(sender.workspace, subject) if sender.address and not checked.has_failed else {}
    if not numbers:
        return []
    rows = ForeignNumber.objects.filter(workspace=sender.workspace, number__in=numbers)
    newest = rows.select_related("message__ticket__merged_into").order_by("-id")[:20]
    return [
        row
        for row in newest
        if _is_of(row, sender.address, checked) and _is_alive(row.message.ticket.current)
    ]


def numbers_for(ticket: Ticket, addresses: list[str]) -> list[str]:
    """Return what the desks behind these addresses call the matter, as they write it; nobody else's."""
    rows = ForeignNumber.objects.filter(workspace_id=ticket.workspace_id).of_ticket(ticket.pk).order_by("-id")
    known = [row.words for row in rows[:20] if any(_is_same_desk(row.address, each) for each in addresses)]
    return list(dict.fromkeys(known))[:MOST_NUMBERS]


def _is_ours(message: Message, number: str) -> bool:
    """Say whether it is a number that we gave: our acknowledgement told it, and answers repeat it."""
    if not number.isdecimal():
        return False
    ours = Ticket.objects.filter(workspace_id=message.workspace_id).numbered(int(number))
    return ours.filter(Q(pk=message.ticket_id) | Q(requester=message.author_contact)).exists()


def _is_of(row: ForeignNumber, address: str, checked: SenderCheck) -> bool:
    return row.address == address or (checked.is_verified and _is_same_desk(row.address, address))


def _is_same_desk(one: str, other: str) -> bool:
    domain = domain_of(one)
    return one == other or (domain == domain_of(other) and bool(domain) and not is_public_provider(domain))


def _is_alive(ticket: Ticket) -> bool:
    is_recent = ticket.last_activity_at > timezone.now() - REMEMBERED_FOR
    return is_recent and ticket.state != Ticket.State.SPAM


@lru_cache(maxsize=2_000)
def _pattern(template: str) -> re.Pattern[str]:
    before, _star, after = template.partition(STAR)
    # Nothing here repeats without a bound, and nothing that repeats holds another that does.
    opening = (r"(?<!\w)" if before[:1].isalnum() else "") + _literal(before)
    closing = _literal(after) if after.strip() else r"(?![0-9A-Za-z])"
    return re.compile(opening + _NUMBER + closing, re.I)


def _literal(text: str) -> str:
    return r"\s{0,2}".join(re.escape(word) for word in text.split(" "))

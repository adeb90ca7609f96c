"""The words, files and people of a letter, as a ticket keeps them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from harken.channels.arriving.reply_to import answer_addresses
from harken.channels.contract import Incoming, IncomingFile
from harken.channels.email.armour import fold_armoured
from harken.channels.email.folding import brings_news
from harken.channels.email.html_fold import FoldedLetter
from harken.channels.our_addresses import own_addresses, without_token
from harken.channels.proof.authenticate import SenderCheck
from harken.files.keep import keep_all
from harken.lib import rows
from harken.lib.addresses import normalise
from harken.lib.text import clean
from harken.tickets.models import Enclosure, Message, Ticket, Words
from harken.workspaces.models import Workspace

MOST_COMPARED = 50
LONGEST_COMPARED = 100_000
LONGEST_CONTENT_ID = 500
# Cut by the server: fifty letters of twenty megabytes each would not fit into this process.
_SAID = """
    SELECT left(said.text, %s), agent.signature
    FROM tickets_message said LEFT JOIN agents_agent agent ON agent.id = said.author_agent_id
    WHERE said.ticket_id = %s AND said.kind <> %s ORDER BY said.position DESC LIMIT %s
"""


def texts_on(ticket: Ticket | None) -> list[str]:
    """What the customer and we said last on the ticket: quoted history is known by comparing with it."""
    if ticket is None:
        return []
    found = rows.ask(_SAID, [LONGEST_COMPARED, ticket.pk, str(Message.Kind.NOTE), MOST_COMPARED])
    # Our letters left with a signature below: what comes back quoted has it too.
    return [text for text, _ in found] + sorted({signature for _, signature in found if signature})


def words_of(workspace: Workspace, letter: Incoming, held: Sequence[str]) -> Words:
    """What a letter says, its files kept; `held` are the ticket's texts, which a quote may repeat."""
    text = clean(letter.text)
    folded = _folded(text, letter, held)
    return Words(
        text=text,
        visible_text=folded.visible_text,
        signature=folded.signature,
        html=folded.html,
        files=_enclosures(workspace, letter.files),
    )


def _folded(text: str, letter: Incoming, held: Sequence[str]) -> FoldedLetter:
    if not held and (letter.folded_html or not letter.html):
        # Nothing to compare with: as the process that read it folded it.
        return FoldedLetter(clean(letter.visible_text), clean(letter.signature), clean(letter.folded_html))
    is_news = brings_news(letter.subject, is_answer=bool(letter.in_reply_to or letter.references))
    return fold_armoured(text, clean(letter.html), held, is_news=is_news)


def others_of(workspace: Workspace, letter: Incoming, sender: str) -> dict[str, list[str]]:
    """Everybody else the letter went to: our own mailboxes and their signed forms are nobody's copy.

    A mailing list is not copied either: an answer is for the person, not for all who read there.
    """
    ours = own_addresses(workspace)
    seen = {sender, *letter.lists}
    others: dict[str, list[str]] = {"to": [], "cc": []}
    for role, addresses in (("to", letter.to), ("cc", letter.cc)):
        for address in (normalise(one.email) for one in addresses):
            if address and address not in seen and without_token(address) not in ours:
                seen.add(address)
                others[role].append(address)
    return others


def details_of(workspace: Workspace, letter: Incoming, checked: SenderCheck) -> dict[str, Any]:
    """What a message keeps of its letter besides words and people: fields of Message by their names."""
    return {
        "external_id": letter.external_id,
        "reply_to": answer_addresses(workspace, letter),
        "sent_at": letter.sent_at,
        "protection": letter.protection,
        "invitation": asdict(letter.invitation) if letter.invitation else None,
        "sender_check": checked.state,
        "sender_evidence": checked.evidence,
    }


def _enclosures(workspace: Workspace, files: Sequence[IncomingFile]) -> tuple[Enclosure, ...]:
    kept = keep_all(workspace, [(file.name, file.media_type, file.content) for file in files])
    return tuple(
        Enclosure(each, clean(file.content_id)[:LONGEST_CONTENT_ID], file.inline, clean(file.declared_name))
        for each, file in zip(kept, files, strict=True)
    )

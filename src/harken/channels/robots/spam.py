"""Spam: what the mail server before us thinks so of waits in the ledger, and a colleague may open it."""

from harken.channels.contract import Incoming
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.proof.claims import Claims
from harken.channels.proof.threading import Evidence, place_for
from harken.channels.reasons import Rule
from harken.contacts.models import Identity
from harken.lib.addresses import normalise
from harken.workspaces.models import Workspace


def spam_verdict(
    workspace: Workspace, letter: Incoming, claims: Claims, checked: SenderCheck
) -> Evidence | None:
    """Return why a letter is spam; `None` when no server says so, or when this desk knows better.

    It does where the letter proves to belong to a ticket, and where a colleague has welcomed the sender before:
    unless somebody else writes in their name.
    """
    if not letter.spam_by:
        return None
    # Looked up, not made: a spammer is nobody's contact.
    known = Identity.objects.of_mail(workspace, normalise(letter.sender.email)).first()
    if known and _is_expected(known, letter, claims, checked):
        return None
    return Evidence(Rule.SPAM_VERDICT, {"header": letter.spam_by})


def _is_expected(known: Identity, letter: Incoming, claims: Claims, checked: SenderCheck) -> bool:
    if known.is_welcome and not checked.has_failed:
        return True
    return place_for(known, letter, claims, checked).ticket is not None

"""Where a sender asks to be answered (Reply-To), when it is sane to do so.

A letter from our own mailbox with somebody else there was sent for them, by the form on a website or by a mailing
list that writes in its own name: it is theirs.
"""

import re
from dataclasses import replace

from harken.channels.contract import Address, Incoming
from harken.channels.our_addresses import own_addresses, without_token
from harken.channels.proof.authenticate import SenderCheck
from harken.lib.addresses import is_no_reply, normalise
from harken.tickets.models import Message
from harken.workspaces.models import Workspace

MOST_ASKED = 3
_LIST_ROBOT = re.compile(
    r".*-(?:owner|request|bounces?|unsubscribe|subscribe|confirm)|listserv|majordomo", re.I
)


def answer_addresses(workspace: Workspace, letter: Incoming) -> list[str]:
    """Return the addresses a letter asks to be answered at, normalised; none when it asks for nothing sane.

    Not sane are too many of them, our own mailboxes, mailing lists and their robots, and addresses that take no
    answers. Where it was written from is no request.
    """
    lists = {normalise(each) for each in letter.lists}
    # Lists add themselves to what their writers asked for: an answer is for the person.
    asked = list(dict.fromkeys(normalise(one.email) for one in letter.reply_to))
    asked = [each for each in asked if each not in lists]
    sender = normalise(letter.sender.email)
    if not asked or len(asked) > MOST_ASKED or asked == [sender]:
        return []
    ours = own_addresses(workspace)
    is_sane = all(_takes_answers(each) and without_token(each) not in ours for each in asked)
    return asked if is_sane else []


def for_its_writer(
    workspace: Workspace, letter: Incoming, checked: SenderCheck
) -> tuple[Incoming, SenderCheck]:
    """Return a letter and the check of its sender as those of the person it was sent for; others as they are.

    What proves that a letter is from our mailbox says nothing about whoever is named beside it.
    """
    person = _sent_for(workspace, letter)
    if person is None:
        return letter, checked
    if not checked.has_failed:
        evidence = {"why": "our-name", "ours": normalise(letter.sender.email)}
        checked = SenderCheck(Message.SenderCheck.UNVERIFIED, evidence)
    return replace(letter, sender=person), checked


def _sent_for(workspace: Workspace, letter: Incoming) -> Address | None:
    """The first sane address that is not ours, of a letter from one of our mailboxes."""
    if not 0 < len(letter.reply_to) <= MOST_ASKED:
        return None
    ours = own_addresses(workspace)
    if without_token(normalise(letter.sender.email)) not in ours:
        return None
    others = (one for one in letter.reply_to if without_token(normalise(one.email)) not in ours)
    return next((one for one in others if _takes_answers(normalise(one.email))), None)


def _takes_answers(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return (
        bool(local and at and "." in domain) and not is_no_reply(address) and not _LIST_ROBOT.fullmatch(local)
    )

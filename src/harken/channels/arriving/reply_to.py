"""Where a sender asks to be answered (Reply-To), when it is sane to do so."""

import re

from harken.channels.contract import Incoming
from harken.channels.our_addresses import own_addresses, without_token
from harken.lib.addresses import is_no_reply, normalise
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


def _takes_answers(address: str) -> bool:
    local, at, domain = address.rpartition("@")
    return (
        bool(local and at and "." in domain) and not is_no_reply(address) and not _LIST_ROBOT.fullmatch(local)
    )

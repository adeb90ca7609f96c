"""The health of addresses: what a refusal or a failure report says about the address itself."""

import re

from harken.channels.models import Delivery
from harken.contacts.models import Identity
from harken.lib.text import one_line
from harken.workspaces.models import Workspace

LONGEST_WORDS = 500

_STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"\b(?:550|551|553)\b")
_NOBODY = re.compile(
    r"(?:user|recipient|mailbox|address|account|alias)s?(?: <?[^ ]{1,80}>?)? (?:is |was )?(?:unknown|not found"
    r"|not exist|does ?n.t exist|does not exist|not known|invalid|disabled|inactive|rejected|unavailable)"
    r"|(?:unknown|no such|invalid|nonexistent|bad destination|inactive|unrouteable)"
    r" (?:local |e-?mail |virtual )?(?:user|recipient|mailbox|address|account|person)|no mailbox here|not a valid"
    r"|(?:that you tried to reach does not exist)|host (?:or domain name )?not found",
    re.I,
)
_FULL = re.compile(r"quota|mailbox (?:is )?full|full mailbox|storage|too (?:large|big)|insufficient", re.I)
# RFC 3463 besides x.1.x: a mailbox switched off, no such domain; 5.4.1 is Microsoft's "unknown".
_FOR_GOOD = {("2", "1"), ("4", "1"), ("4", "4")}


def is_for_good(status: str, words: str) -> bool:
    """Say whether nobody will ever get a letter there, by the status (RFC 3463), else by the words."""
    found = _STATUS.search(status) or _STATUS.search(words)
    if _FULL.search(words):
        return False
    if found and found[1] == "4":
        return False
    if found and found[2] not in ("0", "3"):
        return found[2] == "1" or (found[2], found[3]) in _FOR_GOOD
    return bool(_NOBODY.search(words) or (not found and _CODE.search(words)))


def note_bounce(workspace: Workspace, address: str, status: str, words: str, report: str) -> None:
    """Remember on the address that a letter to it came back: the server's words are kept, the report is only read."""
    identity = Identity.objects.of_mail(workspace, address).first()
    if identity:
        for_good = is_for_good(status, f"{words} {report}")
        identity.note_failure(one_line(words, LONGEST_WORDS), for_good=for_good)


def note_outcome(delivery: Delivery) -> None:
    """Remember what a server's answer says about the address; a refusal may be about the sender or the text too."""
    if delivery.state not in (Delivery.State.SENT, Delivery.State.FAILED):
        return
    identity = Identity.objects.of_mail(delivery.message.workspace, delivery.address).first()
    if identity is None:
        return
    if delivery.state == Delivery.State.SENT:
        identity.note_reached()
    elif _is_about_the_address(delivery.words):
        identity.note_failure(delivery.words, for_good=is_for_good("", delivery.words))


def _is_about_the_address(words: str) -> bool:
    found = _STATUS.search(words)
    if found:
        return found[2] in ("1", "2")
    return bool(_NOBODY.search(words) or _FULL.search(words))

"""What proves that a letter answers one of ours: signed reply addresses and Message-IDs nobody can guess."""

from harken.channels.email.header_lines import NotAnAddress, ascii_domain
from harken.lib import tokens
from harken.lib.addresses import domain_of
from harken.workspaces.models import Workspace

REPLY_ADDRESS = "reply-address"
MESSAGE_ID = "message-id"
LONGEST_LOCAL_PART = 64


def reply_address(workspace: Workspace, mailbox: str, ticket_id: int) -> str:
    """Return `mailbox+token@domain` for a ticket; the plain mailbox where that would be too long (RFC 5321)."""
    local, _at, domain = mailbox.rpartition("@")
    signed = f"{local}+{tokens.signed(workspace.key(REPLY_ADDRESS), ticket_id)}"
    return f"{signed}@{domain}" if len(signed) <= LONGEST_LOCAL_PART else mailbox


def ticket_id_in(workspace: Workspace, address: str) -> int | None:
    """Return the ticket a reply address was signed for; `None` for every address this workspace did not sign."""
    token = address.rpartition("@")[0].partition("+")[2]
    return tokens.value_of(workspace.key(REPLY_ADDRESS), token) if token else None


def new_message_id(workspace: Workspace, mailbox: str, message_id: int) -> str:
    """Return a Message-ID (RFC 5322, 3.6.4) without its brackets: number, 40 random bits, 128 bits of proof."""
    token = tokens.signed(workspace.key(MESSAGE_ID), message_id, nonce=tokens.nonce())
    return f"{token}@{_id_domain(mailbox)}"


def _id_domain(mailbox: str) -> str:
    # A Message-ID is ASCII (RFC 5322, 3.6.4), and addresses are kept with their domain in Unicode.
    try:
        return ascii_domain(domain_of(mailbox))
    except NotAnAddress:
        return "harken.invalid"

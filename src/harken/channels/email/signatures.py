"""What proves that a letter answers one of ours: signed reply addresses and Message-IDs nobody can guess."""

from dataclasses import dataclass

from harken.channels.email.header_lines import NotAnAddress, ascii_domain
from harken.lib import tokens
from harken.lib.addresses import domain_of
from harken.workspaces.models import Workspace

# A key for each purpose: what was signed for one proves nothing for another.
REPLY_ADDRESS = "reply-address"
COLLEAGUE_ADDRESS = "colleague-address"
NOTE_ADDRESS = "note-address"
MESSAGE_ID = "message-id"
NOTICE_ID = "notice-id"
LOOP_MARK = "loop-mark"
LONGEST_LOCAL_PART = 64
AGENT_BYTES = 4
POSITION_BYTES = 4


@dataclass(frozen=True)
class Signed:
    """What an address or id of ours was signed for; `agent_id` where it was made for one colleague alone."""

    ticket_id: int
    agent_id: int | None = None
    # The last position the colleague was shown by the letter with this id.
    seen_up_to: int = 0
    # What that colleague writes to it is for colleagues alone.
    is_for_notes: bool = False


def reply_address(workspace: Workspace, mailbox: str, ticket_id: int, agent_id: int | None = None) -> str:
    """Return `mailbox+token@domain` for a ticket; the plain mailbox where that would be too long (RFC 5321).

    With `agent_id` it is that colleague's own: who answers to it from their address answers as them.
    """
    local, _at, domain = mailbox.rpartition("@")
    signed = f"{local}+{_address_token(workspace, ticket_id, agent_id)}"
    return f"{signed}@{domain}" if len(signed) <= LONGEST_LOCAL_PART else mailbox


def note_address(workspace: Workspace, mailbox: str, ticket_id: int, agent_id: int) -> str:
    """Return an address like `reply_address`, under which a colleague's letter becomes a note; `""` if too long."""
    local, _at, domain = mailbox.rpartition("@")
    nonce = agent_id.to_bytes(AGENT_BYTES, "big")
    signed = f"{local}+{tokens.signed(workspace.key(NOTE_ADDRESS), ticket_id, nonce=nonce)}"
    return f"{signed}@{domain}" if len(signed) <= LONGEST_LOCAL_PART else ""


def signed_for(workspace: Workspace, address: str) -> Signed | None:
    """Return what a reply address was signed for; `None` for every address this workspace did not sign."""
    token = address.rpartition("@")[0].partition("+")[2]
    if everybodys := _opened(workspace, REPLY_ADDRESS, token, 0):
        return Signed(everybodys[0])
    for purpose in (COLLEAGUE_ADDRESS, NOTE_ADDRESS):
        if bound := _opened(workspace, purpose, token, AGENT_BYTES):
            return Signed(bound[0], int.from_bytes(bound[1], "big"), is_for_notes=purpose == NOTE_ADDRESS)
    return None


def ticket_id_in(workspace: Workspace, address: str) -> int | None:
    """Return the ticket a reply address was signed for; `None` for every address this workspace did not sign."""
    signed = signed_for(workspace, address)
    return signed.ticket_id if signed else None


def new_message_id(workspace: Workspace, mailbox: str, message_id: int) -> str:
    """Return a Message-ID (RFC 5322, 3.6.4) without its brackets: number, 40 random bits, 128 bits of proof."""
    token = tokens.signed(workspace.key(MESSAGE_ID), message_id, nonce=tokens.nonce())
    return f"{token}@{id_domain(mailbox)}"


def loop_mark(workspace: Workspace) -> str:
    """Return the mark on every letter that leaves: whoever sends one back, with a new id or without, shows it."""
    return tokens.signed(workspace.key(LOOP_MARK), workspace.pk)


def message_id_in(workspace: Workspace, external_id: str) -> int | None:
    """Return the message a Message-ID of ours was made for, also when no row knows it; `None` for any other id."""
    opened = _opened(workspace, MESSAGE_ID, external_id.partition("@")[0], tokens.NONCE_BYTES)
    return opened[0] if opened else None


def notice_id(workspace: Workspace, mailbox: str, about: Signed) -> str:
    """Return the Message-ID of a letter to a colleague; it says for itself what that letter has shown them."""
    nonce = (about.agent_id or 0).to_bytes(AGENT_BYTES, "big") + about.seen_up_to.to_bytes(
        POSITION_BYTES, "big"
    )
    token = tokens.signed(workspace.key(NOTICE_ID), about.ticket_id, nonce=nonce + tokens.nonce())
    return f"{token}@{id_domain(mailbox)}"


def notice_in(workspace: Workspace, external_id: str) -> Signed | None:
    """Return what a letter to a colleague has shown them, by its Message-ID; `None` for any other id."""
    token = external_id.partition("@")[0]
    opened = _opened(workspace, NOTICE_ID, token, AGENT_BYTES + POSITION_BYTES + tokens.NONCE_BYTES)
    if opened is None:
        return None
    ticket_id, nonce = opened
    agent, position = nonce[:AGENT_BYTES], nonce[AGENT_BYTES : AGENT_BYTES + POSITION_BYTES]
    return Signed(ticket_id, int.from_bytes(agent, "big"), int.from_bytes(position, "big"))


def id_domain(mailbox: str) -> str:
    """Return the right side of a mailbox's Message-IDs: ASCII (RFC 5322, 3.6.4), and addresses are kept in Unicode."""
    try:
        return ascii_domain(domain_of(mailbox))
    except NotAnAddress:
        return "harken.invalid"


def _address_token(workspace: Workspace, ticket_id: int, agent_id: int | None) -> str:
    if agent_id is None:
        return tokens.signed(workspace.key(REPLY_ADDRESS), ticket_id)
    nonce = agent_id.to_bytes(AGENT_BYTES, "big")
    return tokens.signed(workspace.key(COLLEAGUE_ADDRESS), ticket_id, nonce=nonce)


def _opened(workspace: Workspace, purpose: str, token: str, nonce_bytes: int) -> tuple[int, bytes] | None:
    # The key lies in the database: what is of another length is not worth the way.
    if len(token) != tokens.letters(nonce_bytes):
        return None
    return tokens.opened_with(workspace.key(purpose), token, nonce_bytes=nonce_bytes)

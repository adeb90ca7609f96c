"""What a letter must show to be let into a ticket, and what guessing is worth."""

import base64
import secrets

import pytest

from harken.channels.arriving import routing
from harken.channels.contract import Address, Incoming
from harken.channels.email.signatures import (
    Signed,
    message_id_in,
    new_message_id,
    notice_id,
    notice_in,
    reply_address,
    signed_for,
    ticket_id_in,
)
from harken.channels.factories import make_channel
from harken.channels.proof.claims import MOST_REFERENCES, claims_of
from harken.lib import tokens
from harken.tickets.factories import make_ticket
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

GUESSES = 20_000


def test_a_reply_address_names_its_ticket_and_no_other_workspaces():
    workspace, other = make_workspace(), make_workspace()
    wall.enter(workspace.pk)
    address = reply_address(workspace, "help@fennel.example", 4817)

    assert ticket_id_in(workspace, address) == 4817
    assert ticket_id_in(workspace, address.upper()) == 4817
    wall.enter(other.pk)
    assert ticket_id_in(other, address) is None


@pytest.mark.parametrize(
    ("mailbox", "domain"),
    [
        ("help@fennel.example", "fennel.example"),
        ("help@bücher.example", "xn--bcher-kva.example"),
        ("", "harken.invalid"),
    ],
)
def test_a_message_id_is_ascii_whatever_the_mailbox(mailbox, domain):
    message_id = new_message_id(make_workspace(), mailbox, 1)

    assert message_id.isascii()
    assert message_id.endswith(f"@{domain}")


def test_a_reply_address_fits_where_mail_servers_allow_64_letters():
    workspace = make_workspace()

    signed = reply_address(workspace, "help@fennel.example", 2**40 - 1)
    long = reply_address(workspace, f"{'a' * 40}@fennel.example", 1)

    assert len(signed.partition("@")[0]) <= 64
    assert long == f"{'a' * 40}@fennel.example"


def test_a_guessed_or_altered_token_is_worth_nothing():
    workspace = make_workspace()
    key = workspace.key("reply-address")
    token = tokens.signed(key, 4817)
    next_ticket = tokens.signed(secrets.token_bytes(32), 4818)
    letters = "abcdefghijklmnopqrstuvwxyz234567"

    altered = [token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in letters]
    guessed = ["".join(secrets.choice(letters) for _ in token) for _ in range(GUESSES)]

    tried = {*altered, *guessed, next_ticket, "", "é", token + "a"} - {token}
    assert not [each for each in tried if tokens.value_of(key, each) is not None]


def guesses_at(token, count):
    """Tokens of the same length: random, with every bit turned, with the number and the code counted on."""
    raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    number = int.from_bytes(raw, "big")
    for at in range(len(raw) * 8):
        yield (number ^ (1 << at)).to_bytes(len(raw), "big")
    for step in range(1, count // 3):
        yield ((number + step) % (1 << len(raw) * 8)).to_bytes(len(raw), "big")
        # The next ticket, with the code of this one.
        yield (int.from_bytes(raw[:5], "big") + step).to_bytes(5, "big") + raw[5:]
        yield secrets.token_bytes(len(raw))


def accepted(workspace, count):
    """How many guesses at each kind of address and id of ours were taken for ours."""
    reading = [
        (reply_address(workspace, "help@fennel.example", 4817), signed_for, "help+{}@fennel.example"),
        (reply_address(workspace, "help@fennel.example", 4817, 7), signed_for, "help+{}@fennel.example"),
        (new_message_id(workspace, "help@fennel.example", 4817), message_id_in, "{}@fennel.example"),
        (notice_id(workspace, "help@fennel.example", Signed(4817, 7, 3)), notice_in, "{}@fennel.example"),
    ]
    found = []
    for known, read, shape in reading:
        assert read(workspace, known) is not None
        token = known.partition("@")[0].rpartition("+")[2]
        for guess in guesses_at(token, count // len(reading)):
            text = shape.format(base64.b32encode(guess).decode().rstrip("=").lower())
            if read(workspace, text) is not None:
                found.append(text)
    return found


def test_no_guess_at_an_address_or_id_is_accepted():
    assert accepted(make_workspace(), GUESSES) == []


@pytest.mark.long
def test_none_of_a_million_guesses_is_accepted():
    assert accepted(make_workspace(), 1_000_000) == []


def test_a_colleagues_address_names_ticket_and_colleague_and_fits_into_a_local_part():
    workspace = make_workspace()

    address = reply_address(workspace, "help@fennel.example", 2**40 - 1, 2**32 - 1)

    assert signed_for(workspace, address) == Signed(2**40 - 1, 2**32 - 1)
    assert len(address.partition("@")[0]) <= 64


def test_the_id_of_a_letter_to_a_colleague_says_what_it_has_shown():
    workspace, other = make_workspace(), make_workspace()
    wall.enter(workspace.pk)
    external_id = notice_id(workspace, "help@fennel.example", Signed(4817, 7, 42))

    assert notice_in(workspace, external_id) == Signed(4817, 7, 42)
    assert message_id_in(workspace, external_id) is None
    wall.enter(other.pk)
    assert notice_in(other, external_id) is None


def test_what_was_signed_for_one_purpose_proves_nothing_for_another():
    workspace = make_workspace()
    token = new_message_id(workspace, "help@fennel.example", 4817).partition("@")[0]

    assert signed_for(workspace, f"help+{token}@fennel.example") is None


def test_two_message_ids_of_one_message_differ():
    workspace = make_workspace()

    ids = {new_message_id(workspace, "help@fennel.example", 1) for _ in range(50)}

    assert len(ids) == 50
    assert all(each.endswith("@fennel.example") for each in ids)


@pytest.mark.parametrize(
    "headers",
    [
        b"To: Help <HELP@Fennel.Example>\n",
        b"To: somebody@else.example\nCc: help@fennel.example\n",
        b"To: somebody@else.example\nDelivered-To: help@fennel.example\n",
        b"to: somebody@else.example,\n\thelp@fennel.example\n",
        b"X-Original-To: help+token@fennel.example\r\n",
        b"To: \xff\xfe <help@fennel.example>\n",
    ],
)
def test_a_letter_finds_its_mailbox_by_its_own_headers(headers):
    channel = make_channel(make_workspace(), address="help@fennel.example")
    wall.leave()

    assert routing.channel_for(routing.recipients_in(headers + b"\nTo: nobody@else.example\n")) == channel


def test_what_the_server_wrote_wins_over_what_the_sender_wrote():
    make_channel(make_workspace(), address="help@fennel.example")
    theirs = make_channel(make_workspace(), address="help@acme.example")
    raw = b"To: help@fennel.example\nDelivered-To: help@acme.example\n\nHi\n"
    wall.leave()

    assert routing.channel_for(routing.recipients_in(raw)) == theirs


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"\x00" * 1000, b"To:" + b" " * 100_000, b"To: " + b"<" * 50_000]
)
def test_no_letter_breaks_routing(raw):
    assert routing.recipients_in(raw) == []


def test_a_long_chain_is_looked_up_without_the_words_of_its_messages():
    workspace = make_workspace()
    make_ticket(workspace, external_id="first@crumb.example")
    named = (*(f"{number}@elsewhere.example" for number in range(MOST_REFERENCES)), "first@crumb.example")

    claims = claims_of(workspace, Incoming(Address("ann@crumb.example"), in_reply_to=named))

    [claim] = claims.found
    assert claim.message is not None
    assert {"text", "html", "visible_text"} <= claim.message.get_deferred_fields()


def test_the_latest_of_too_many_ids_are_looked_at():
    workspace = make_workspace()
    make_ticket(workspace, external_id="first@crumb.example")
    named = ("first@crumb.example", *(f"{number}@elsewhere.example" for number in range(MOST_REFERENCES)))

    assert not claims_of(workspace, Incoming(Address("ann@crumb.example"), in_reply_to=named)).found

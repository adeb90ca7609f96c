"""Who really sent it, through the whole way of a letter: what the message keeps, and what a forger gets."""

from ipaddress import ip_network

import pytest

from harken.agents.factories import make_agent
from harken.channels.arriving.rejudge import open_as_request
from harken.channels.email.dns import Questions
from harken.channels.email.signing import Signer, new_keys
from harken.channels.factories import make_channel
from harken.channels.models import Mailbox
from harken.channels.proof.authenticate import SenderCheck
from harken.channels.proof.sender_words import sentences
from harken.channels.tests.letters import arrive, letter
from harken.tickets.models import Message, Words
from harken.workspaces.factories import make_workspace
from tests.servers.dns import DnsServer

pytestmark = pytest.mark.django_db

PRIVATE, PUBLIC = new_keys()


@pytest.fixture
def dns(settings):
    with DnsServer() as server:
        settings.HARKEN_DNS = server.address
        server.texts["s1._domainkey.crumb.example"] = [f"v=DKIM1; k=rsa; p={PUBLIC}"]
        server.texts["_dmarc.crumb.example"] = ["v=DMARC1; p=reject"]
        yield server


@pytest.fixture
def workspace():
    workspace = make_workspace()
    make_channel(workspace, address="help@fennel.example")
    return workspace


def signed(raw):
    return Signer("crumb.example", "s1", PRIVATE).sign(raw.replace(b"\n", b"\r\n"))


def answered_letter(workspace):
    """Olga's answer to a letter of Ann's that Ann has signed."""
    ticket = arrive(signed(letter())).ticket
    return ticket.reply(Words("In the oven."), by=make_agent(workspace), seen_up_to=1)


def test_a_signed_letter_is_kept_as_verified_with_its_evidence(dns, workspace):
    message = arrive(signed(letter())).message

    assert message.sender_check == "verified"
    assert sentences(message.sender_evidence) == [
        "The letter carries a valid signature of crumb.example (DKIM)."
    ]


def test_a_verified_answer_joins_its_ticket(dns, workspace):
    answer = answered_letter(workspace)

    arrival = arrive(signed(letter("Thank you", answers=answer.external_id)))

    assert (arrival.state, arrival.ticket) == ("joined", answer.ticket)


def test_a_forged_answer_opens_its_own_ticket_beside_the_one_it_names(dns, workspace):
    answer = answered_letter(workspace)

    arrival = arrive(letter("Send it to my new address", answers=answer.external_id))

    assert (arrival.state, arrival.rule) == ("opened", "failed-sender")
    assert arrival.message.sender_check == "failed"
    assert arrival.ticket != answer.ticket
    assert answer.ticket.short_number in arrival.reason


def test_a_letter_handed_over_by_an_allowed_server_is_verified(dns, workspace):
    dns.texts["crumb.example"] = ["v=spf1 ip4:192.0.2.7 -all"]

    arrival = arrive(letter(), envelope_from="ann@crumb.example", client_ip="192.0.2.7")

    assert arrival.message.sender_check == "verified"


def test_the_word_of_a_server_counts_when_the_mailbox_trusts_it(workspace, settings):
    settings.HARKEN_DNS = "off"
    results = b"Authentication-Results: mx.fennel.example; dmarc=fail header.from=crumb.example\n"
    before = arrive(results + letter()).message.sender_check
    Mailbox.objects.update(trusts_results_of="mx.fennel.example")

    after = arrive(results + letter()).message.sender_check

    assert (before, after) == ("unverified", "failed")


def test_dead_name_servers_stop_no_letter(workspace, settings):
    with DnsServer() as server:
        server.is_silent = True
        settings.HARKEN_DNS = server.address

        arrival = arrive(signed(letter()))

    assert (arrival.state, arrival.message.sender_check) == ("opened", "unverified")


def test_every_sentence_of_the_evidence_can_be_read(dns, workspace):
    dns.texts["_dmarc.crumb.example"] = ["v=DMARC1; p=quarantine"]
    forged = signed(letter("Pay 10")).replace(b"Pay 10", b"Pay 99")

    message = arrive(forged, envelope_from="x@mallory.example", client_ip="192.0.2.9").message

    assert sentences(message.sender_evidence) == [
        "crumb.example wants letters that prove nothing to be refused (DMARC), and this one proves nothing.",
        "Its words were changed after crumb.example had signed it.",
        "It was sent in the name of mallory.example, which says nothing about this sender (SPF).",
    ]


def test_what_we_wrote_ourselves_was_not_checked(dns, workspace):
    answer = answered_letter(workspace)

    assert Message.objects.get(pk=answer.pk).sender_check == ""


@pytest.mark.parametrize(
    "forged",
    [
        b"From: olga@fennel.example\r\n",
        b"From : olga@fennel.example\r\n",
        b"\r\nFrom: olga@fennel.example\r\n",
        b"From nobody Mon Nov 23\r\nFrom: olga@fennel.example\r\n",
        b"Subject: x\r\n\tFrom: olga@fennel.example\r\n",
        b"From:\r\n olga@fennel.example\r\n",
        b"From: =?utf-8?q?olga=40fennel.example?=\r\n",
        b"Sender: olga@fennel.example\r\nFrom: Olga\r\n",
    ],
)
def test_no_head_makes_a_stranger_verified_under_another_name(forged, dns, workspace):
    message = arrive(forged + signed(letter())).message

    assert message.sender_check != "verified" or message.author_address == "ann@crumb.example"


@pytest.mark.parametrize("named", ["by its address", "by its name"])
def test_a_mail_server_of_ours_that_hands_letters_over_is_no_sender(named, dns, workspace, settings):
    dns.texts["_dmarc.crumb.example"] = ["v=DMARC1; p=quarantine"]
    dns.texts["crumb.example"] = ["v=spf1 ip4:198.51.100.1 -all"]
    envelope = {"envelope_from": "ann@crumb.example", "client_ip": "192.0.2.7"}
    stranger = arrive(letter(), **envelope).message.sender_check
    if named == "by its address":
        settings.HARKEN_TRUSTED_PROXIES = (ip_network("192.0.2.0/24"),)
    else:
        Mailbox.objects.update(trusts_results_of="mx.fennel.example")

    ours = arrive(letter(), **envelope).message.sender_check

    assert (stranger, ours) == ("failed", "unverified")


def test_what_was_known_when_a_held_letter_came_counts_when_somebody_opens_it(dns, workspace, settings):
    Mailbox.objects.update(trusts_results_of="")
    spam = arrive(signed(letter(X_Spam_Flag="YES")))
    assert spam.state == "spam"
    settings.HARKEN_DNS = "off"

    message = open_as_request(spam, by=make_agent(workspace)).message

    assert message.sender_check == "verified"


def test_several_letters_wait_together_no_longer_than_one(dns, workspace, client, monkeypatch):
    monkeypatch.setattr("harken.channels.arriving.receive.MOST_ATTEMPTS", 0)
    held = [arrive(letter(sender=f"ann@bakery{at}.example")) for at in range(3)]
    asked: list[Questions] = []

    def check(_arrival, _letter, ask):
        asked.append(ask)
        return SenderCheck()

    monkeypatch.setattr("harken.channels.arriving.rejudge.check_sender", check)
    client.force_login(make_agent(workspace).user)

    client.post(
        f"/{workspace.slug}/held/judgements/", {"verdict": "open", "letter": [each.pk for each in held]}
    )

    assert len(asked) == 3
    assert len(set(map(id, asked))) == 1
    assert isinstance(asked[0], Questions)

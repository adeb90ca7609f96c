"""Who really sent it: letters with good, bad and forged proofs, against a real name server."""

import time

import pytest

from harken.channels.email.authentication import Handover, authenticate
from harken.channels.email.dns import NameServers, Questions
from harken.channels.email.signing import Signer, new_keys
from harken.channels.email.tests.mails import make_mail
from tests.servers.dns import DnsServer

PRIVATE, PUBLIC = new_keys()
CLIENT = "192.0.2.7"


@pytest.fixture
def dns():
    with DnsServer() as server:
        yield server


@pytest.fixture
def check(dns):
    """Look at a letter as if it had just come; nothing is remembered from the one before."""

    def look(letter, *servers, ip="", sender="ann@acme.example"):
        ask = Questions(NameServers(dns.address))
        return authenticate(letter, Handover(ip, sender), servers, ask)

    return look


def from_ann(body="Hello\r\n", /, **headers):
    return make_mail(body, **({"from": "Ann <ann@acme.example>"} | headers))


def signed(letter, domain="acme.example"):
    return Signer(domain, "s1", PRIVATE).sign(letter)


def publish_key(dns, domain="acme.example"):
    dns.texts[f"s1._domainkey.{domain}"] = [f"v=DKIM1; k=rsa; p={PUBLIC}"]


def publish_policy(dns, record, domain="acme.example"):
    dns.texts[f"_dmarc.{domain}"] = [f"v=DMARC1; {record}"]


def publish_spf(dns, record, domain="acme.example"):
    dns.texts[domain] = [f"v=spf1 {record}"]


def test_a_signature_of_the_senders_domain_verifies_them(dns, check):
    publish_key(dns)

    found = check(signed(from_ann()))

    assert (found.state, found.evidence["why"]) == ("verified", "dkim")


def test_a_letter_that_proves_nothing_is_unverified(dns, check):
    found = check(from_ann())

    assert (found.state, found.evidence["why"]) == ("unverified", "nothing")


def test_a_domain_that_wants_letters_without_proof_refused_makes_them_fail(dns, check):
    publish_policy(dns, "p=reject")

    assert check(from_ann()).state == "failed"


def test_a_changed_word_makes_a_letter_of_a_strict_domain_fail(dns, check):
    publish_key(dns)
    publish_policy(dns, "p=quarantine")
    letter = signed(from_ann("Pay to account 1\r\n")).replace(b"account 1", b"account 2")

    found = check(letter)

    assert found.state == "failed"
    assert found.evidence["dkim"][0]["why"] == "body"


def test_a_second_subject_above_the_signed_one_breaks_the_signature(dns, check):
    publish_key(dns)
    letter = b"Subject: Urgent\r\n" + signed(from_ann())

    assert check(letter).state == "unverified"


def test_a_signature_of_somebody_else_proves_nothing(dns, check):
    publish_key(dns, "mallory.example")

    found = check(signed(from_ann(), "mallory.example"))

    assert found.state == "unverified"
    assert found.evidence["dkim"] == [
        {"domain": "mallory.example", "selector": "", "result": "other", "why": ""}
    ]


def test_a_parent_domain_speaks_for_its_subdomains(dns, check):
    publish_key(dns)

    letter = from_ann(**{"from": "ann@post.acme.example"})

    assert check(signed(letter)).state == "verified"


def test_a_sibling_speaks_for_the_sender_only_when_the_policy_is_relaxed(dns, check):
    publish_key(dns, "mailer.acme.example")
    letter = signed(from_ann(**{"from": "ann@post.acme.example"}), "mailer.acme.example")

    publish_policy(dns, "p=reject; adkim=s")
    strict = check(letter).state
    publish_policy(dns, "p=reject")

    assert (strict, check(letter).state) == ("failed", "verified")


def test_neighbours_below_a_public_suffix_do_not_speak_for_each_other(dns, check):
    publish_policy(dns, "p=reject; psd=y", "co.example")
    publish_policy(dns, "p=none", "mallory.co.example")
    publish_key(dns, "mallory.co.example")
    letter = signed(from_ann(**{"from": "ann@acme.co.example"}), "mallory.co.example")

    assert check(letter).state == "failed"


def test_a_signature_over_the_first_bytes_alone_counts_for_nothing(dns, check):
    publish_key(dns)
    letter = signed(from_ann()).replace(b"; q=dns/txt;", b"; l=0; q=dns/txt;")

    found = check(letter + b"Send money.\r\n")

    assert found.state == "unverified"
    assert found.evidence["dkim"][0]["why"] == "partial"


def test_of_many_signatures_the_first_few_are_looked_at(dns, check):
    publish_key(dns)
    forged = b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=x%d; h=from; bh=AAAA; b=AAAA\r\n" % number
        for number in range(200)
    )

    check(forged + signed(from_ann()))

    assert len({name for name, _kind in dns.asked if "_domainkey" in name}) == 5


def test_a_key_of_enormous_size_is_no_key(dns, check):
    dns.texts["s1._domainkey.acme.example"] = ["v=DKIM1; k=rsa; p=" + "A" * 6000]

    began = time.monotonic()
    found = check(signed(from_ann()))

    assert found.evidence["dkim"][0]["why"] == "no-key"
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "letter",
    [
        b"DKIM-Signature: " + b" \t" * 50_000 + b"\r\n" + from_ann(),
        b"DKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; bh=A; b=A; h="
        + b"from:" * 50_000
        + b"\r\n\r\n",
        signed(from_ann(" " * 3_000_000 + "x\r\n")),
        b"X: y\r\n" * 100_000 + signed(from_ann()),
        b"Authentication-Results: mx.desk.example; " + b"((((" * 50_000 + b"\r\n" + from_ann(),
        b"Authentication-Results: mx.desk.example; " + b'"' * 50_000 + b"a=" * 50_000 + b"\r\n" + from_ann(),
        b"From: " + b"<" * 200_000 + b"\r\n\r\n",
    ],
    ids=["blanks", "names", "body", "fields", "comments", "quotes", "senders"],
)
def test_letters_built_to_be_endless_work_are_judged_at_once(letter, dns, check):
    publish_key(dns)

    began = time.monotonic()
    check(letter, "mx.desk.example")

    assert time.monotonic() - began < 2


def test_a_server_that_the_domain_allows_verifies_the_sender(dns, check):
    publish_spf(dns, "ip4:192.0.2.0/24 -all")

    found = check(from_ann(), ip=CLIENT)

    assert (found.state, found.evidence["why"]) == ("verified", "spf")


def test_an_envelope_of_another_domain_proves_nothing(dns, check):
    publish_spf(dns, "+all", "mallory.example")
    publish_policy(dns, "p=quarantine")

    found = check(from_ann(), ip=CLIENT, sender="x@mallory.example")

    assert found.state == "failed"


def test_a_server_of_our_own_house_is_no_sender(dns, check):
    publish_spf(dns, "+all")

    assert check(from_ann(), ip="10.0.0.3").state == "unverified"


def test_a_fetched_letter_of_a_domain_that_sends_by_spf_alone_is_not_called_forged(dns, check):
    publish_policy(dns, "p=quarantine")
    publish_spf(dns, "ip4:192.0.2.0/24 -all")

    assert check(from_ann()).state == "unverified"


def test_what_could_not_be_looked_up_is_unverified_and_never_failed(dns, check):
    dns.failing.add("acme.example")

    found = check(signed(from_ann()))

    assert (found.state, found.evidence["why"]) == ("unverified", "dns")


def test_silent_name_servers_delay_no_more_than_the_first_letters(dns):
    dns.is_silent = True
    servers = NameServers(dns.address)

    began = time.monotonic()
    found = [
        authenticate(from_ann(**{"from": f"ann@a{number}.example"}), Handover(), [], Questions(servers))
        for number in range(300)
    ]

    assert {each.state for each in found} == {"unverified"}
    assert time.monotonic() - began < 6


def test_a_domain_is_asked_for_its_policy_once(dns):
    servers = NameServers(dns.address)

    for _ in range(20):
        authenticate(from_ann(), Handover(), [], Questions(servers))

    assert dns.was_asked("_dmarc.acme.example") == 1


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("ann@acme.example, mallory@evil.example", "several-senders"),
        ("Ann", "no-sender"),
        ("", "no-sender"),
        ("ann@[192.0.2.1]", "no-sender"),
        ("ann@192.0.2.1", "no-sender"),
        ("ann@localhost", "no-sender"),
    ],
)
def test_a_sender_who_is_nobody_or_several_is_unverified(sender, why, dns, check):
    found = check(from_ann(**{"from": sender}))

    assert (found.state, found.evidence["why"]) == ("unverified", why)


def test_two_from_fields_are_two_senders(dns, check):
    publish_key(dns)
    letter = b"From: olga@desk.example\r\n" + signed(from_ann())

    assert check(letter).evidence["why"] == "several-senders"


def test_a_domain_outside_ascii_is_asked_for_as_name_servers_know_it(dns, check):
    publish_key(dns, "xn--e1afmkfd.example")
    letter = from_ann(**{"from": "ann@пример.example".encode()})

    assert check(signed(letter, "xn--e1afmkfd.example")).state == "verified"


def test_a_letter_whose_reader_shows_another_sender_proves_nobody(dns):
    publish_key(dns)
    ask = Questions(NameServers(dns.address))

    found = authenticate(signed(from_ann()), Handover(), [], ask, shown="olga@desk.example")

    assert (found.state, found.evidence["why"]) == ("unverified", "several-senders")

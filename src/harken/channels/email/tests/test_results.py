"""Authentication-Results: whose word about a sender counts, and whose does not."""

import pytest

from harken.channels.email.authentication import Handover, authenticate
from harken.channels.email.dns import NameServers, Questions
from harken.channels.email.results import naming_servers
from harken.channels.email.tests.mails import make_mail

US = "mx.desk.example"
HOP = b"Received: from mail.acme.example (mail.acme.example [192.0.2.7]) by mx.desk.example; Mon, 23 Nov 2026\r\n"
ELSEWHERE = b"Received: from x by mail.mallory.example; Mon, 23 Nov 2026\r\n"


def results(words, server=US):
    return f"Authentication-Results: {server}; {words}\r\n".encode()


def state(top, *servers):
    letter = top + make_mail(**{"from": "ann@acme.example"})
    return authenticate(letter, Handover(), servers, Questions(NameServers("off"))).state


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dmarc=pass (p=reject) header.from=acme.example", "verified"),
        ("dmarc=fail (p=none dis=none) header.from=acme.example", "failed"),
        ("dmarc=pass header.from=mallory.example", "unverified"),
        ("dkim=pass header.d=acme.example header.s=s1", "verified"),
        ("dkim=pass header.i=@acme.example", "verified"),
        ("dkim=fail header.d=acme.example; dkim=pass header.d=acme.example", "verified"),
        ("dkim=pass header.d=mallory.example", "unverified"),
        ("spf=pass smtp.mailfrom=bounce@acme.example", "verified"),
        ("spf=pass smtp.mailfrom=mallory.example; dmarc=none header.from=acme.example", "unverified"),
        ("spf=softfail smtp.mailfrom=acme.example", "unverified"),
        ("dmarc=temperror header.from=acme.example", "unverified"),
        ("none", "unverified"),
        ('dkim=fail reason="; dmarc=pass header.from=acme.example"', "unverified"),
        ("spf=fail (mallory.example; dmarc=pass header.from=acme.example) smtp.mailfrom=x", "unverified"),
    ],
)
def test_the_word_of_a_trusted_server_counts(words, expected):
    assert state(results(words) + HOP, US) == expected


def test_nobody_is_trusted_unless_the_mailbox_says_so():
    assert state(results("dmarc=pass header.from=acme.example") + HOP) == "unverified"


def test_results_in_another_servers_name_do_not_count():
    assert state(results("dmarc=pass", "mx.mallory.example") + HOP, US) == "unverified"


def test_results_below_a_strangers_hop_do_not_count_whatever_name_they_bear():
    forged = ELSEWHERE + results("dmarc=pass header.from=acme.example")

    assert state(HOP + forged, US) == "unverified"


def test_forged_results_below_the_true_ones_change_nothing():
    letter = results("dmarc=fail header.from=acme.example") + HOP + results("dmarc=pass")

    assert state(letter, US) == "failed"


def test_results_below_the_hops_of_our_own_house_count():
    inside = b"Received: by 2002:a05:7300:2315 with SMTP id x; Mon, 23 Nov 2026\r\n"
    border = b"Received: from mail.acme.example by mx2.desk.example; Mon, 23 Nov 2026\r\n"

    assert state(inside + border + results("dmarc=pass header.from=acme.example"), US) == "verified"


def test_the_servers_that_a_letter_names_can_be_suggested():
    letter = results("none") + HOP + results("none", "mx.mallory.example") + make_mail()

    assert naming_servers(letter) == [US, "mx.mallory.example"]

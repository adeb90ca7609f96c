"""SPF by the letter of RFC 7208: mechanisms, macros, and the limits that keep a record from being endless work."""

import pytest

from harken.channels.email.dns import NameServers, Questions
from harken.channels.email.spf import check_host
from tests.servers.dns import DnsServer

ANN = "ann@acme.example"


@pytest.fixture
def dns():
    with DnsServer() as server:
        yield server


def result(dns, record, ip="192.0.2.7", **others):
    dns.texts["acme.example"] = [f"v=spf1 {record}".strip()]
    dns.texts |= {f"{name}.acme.example": [text] for name, text in others.items()}
    return check_host(ip, ANN, Questions(NameServers(dns.address)))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("", "neutral"),
        ("-all", "fail"),
        ("~all", "softfail"),
        ("?all", "neutral"),
        ("+all", "pass"),
        ("ip4:192.0.2.7 -all", "pass"),
        ("ip4:192.0.2.0/24 -all", "pass"),
        ("ip4:192.0.3.0/24 -all", "fail"),
        ("-ip4:192.0.2.7 +all", "fail"),
        ("ip6:2001:db8::/32 -all", "fail"),
        ("IP4:192.0.2.7 -ALL", "pass"),
        ("exp=why.acme.example unknown=x ip4:192.0.2.7 -all", "pass"),
        ("ip4:192.0.2.7/33 -all", "permerror"),
        ("ip4:not-an-address -all", "permerror"),
        ("ip5:192.0.2.7 -all", "permerror"),
        ("nonsense", "permerror"),
        ("include: -all", "permerror"),
        ("include:nothing.acme.example -all", "permerror"),
        ("redirect=nothing.acme.example", "permerror"),
    ],
)
def test_a_record_is_read_from_left_to_right(record, expected, dns):
    dns.addresses["acme.example"] = ["192.0.2.200"]

    assert result(dns, record) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("a -all", "fail"),
        ("a/24 -all", "pass"),
        ("a:mail.acme.example -all", "pass"),
        ("mx -all", "pass"),
        ("mx/16//64 -all", "pass"),
        ("exists:%{i}.allowed.acme.example -all", "pass"),
        ("exists:%{ir}.allowed.acme.example -all", "fail"),
        ("exists:%{l}.of.%{d2}.acme.example -all", "pass"),
        ("exists:%{broken -all", "permerror"),
        ("ptr -all", "fail"),
    ],
)
def test_hosts_are_looked_up(record, expected, dns):
    dns.addresses |= {
        "acme.example": ["192.0.2.200"],
        "mail.acme.example": ["192.0.2.7"],
        "192.0.2.7.allowed.acme.example": ["127.0.0.2"],
        "ann.of.acme.example.acme.example": ["127.0.0.2"],
    }
    dns.exchanges["acme.example"] = ["mail.acme.example"]

    assert result(dns, record) == expected


def test_an_address_of_the_new_kind_is_compared_in_its_own_family(dns):
    dns.addresses["mail.acme.example"] = ["192.0.2.7", "2001:db8::7"]

    assert result(dns, "a:mail.acme.example/24//64 -all", ip="2001:db8::99") == "pass"
    assert result(dns, "a:mail.acme.example -all", ip="::ffff:192.0.2.7") == "pass"


def test_an_include_lets_in_and_never_shuts_out(dns):
    assert result(dns, "include:p.acme.example -all", p="v=spf1 ip4:192.0.2.7 -all") == "pass"
    assert result(dns, "include:p.acme.example ?all", p="v=spf1 -all") == "neutral"


def test_a_redirect_takes_the_place_of_the_record(dns):
    assert result(dns, "redirect=p.acme.example", p="v=spf1 -all") == "fail"


def test_more_than_ten_lookups_are_not_made(dns):
    assert result(dns, "include:acme.example -all") == "permerror"
    assert len(dns.asked) <= 12


def test_more_than_two_lookups_without_an_answer_are_not_made(dns):
    hosts = " ".join(f"a:h{number}.acme.example" for number in range(8))

    assert result(dns, f"{hosts} +all") == "permerror"


def test_a_domain_with_two_records_has_none_that_counts(dns):
    dns.texts["acme.example"] = ["v=spf1 +all", "v=spf1 -all"]

    assert check_host("192.0.2.7", ANN, Questions(NameServers(dns.address))) == "permerror"


def test_a_domain_without_a_record_says_nothing(dns):
    dns.texts["acme.example"] = ["v=spf10 +all", "something else"]

    assert check_host("192.0.2.7", ANN, Questions(NameServers(dns.address))) == "none"
    assert check_host("192.0.2.7", "", Questions(NameServers(dns.address))) == "none"


def test_a_failing_name_server_is_no_verdict(dns):
    dns.failing.add("acme.example")

    assert check_host("192.0.2.7", ANN, Questions(NameServers(dns.address))) == "temperror"


def test_a_record_of_eight_thousand_signs_is_judged(dns):
    networks = " ".join(f"ip4:198.51.{number % 256}.1" for number in range(450))

    assert result(dns, f"{networks} -all") == "fail"

"""Addresses out of headers, and which domains name a company."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.lib.addresses import (
    MAX_ADDRESSES,
    domain_of,
    find,
    find_all,
    is_public_provider,
    normalise,
    parse,
)


@pytest.mark.parametrize(
    ("written", "entries"),
    [
        ("ann@example.com", [("ann@example.com", "")]),
        (
            "Ann <ann@example.com>, Bob <bob@example.com>",
            [("ann@example.com", "Ann"), ("bob@example.com", "Bob")],
        ),
        (
            "Ann <ann@example.com>; Bob <bob@example.com>",
            [("ann@example.com", "Ann"), ("bob@example.com", "Bob")],
        ),
        ('"Roe; \\"Ann\\", Dr." <ann@example.com>', [("ann@example.com", 'Roe; "Ann", Dr.')]),
        ("ann@example.com (Ann (at home))", [("ann@example.com", "Ann (at home)")]),
        ("Friends: ann@example.com, bob@example.com;", [("ann@example.com", ""), ("bob@example.com", "")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example,@mx.example:ann@example.com>", [("ann@example.com", "")]),
        ('"ann smith"@example.com', [('"ann smith"@example.com', "")]),
        ("'ann@example.com' <ann@example.com>", [("ann@example.com", "")]),
        ('"Ann <ann@example.com>', [("ann@example.com", "Ann")]),
        ("Ann <ann@example.com> <ann@work.example>", [("ann@example.com", "Ann")]),
        ("Ann <>", [("", "Ann")]),
        ("=?utf-8?q?Roe,_Ann?= <ann@example.com>", [("ann@example.com", "=?utf-8?q?Roe,_Ann?=")]),
        (" , ;, ", []),
    ],
)
def test_a_list_of_addresses_is_read_in_every_form(written: str, entries: list[tuple[str, str]]):
    assert [tuple(entry) for entry in parse(written)] == entries


@pytest.mark.parametrize("piece", ['"', '\\"', "(", "<", "<a@", "a@", ",", '"(', "=?", ":"])
def test_a_header_made_to_take_long_does_not(piece: str):
    begun = time.perf_counter()

    parse(piece * (256_000 // len(piece)))

    assert time.perf_counter() - begun < 5


def test_a_word_without_an_end_holds_up_nobody_who_looks_for_addresses():
    begun = time.perf_counter()

    assert find_all("x" * 200_000 + " ann@example.com") == ["ann@example.com"]

    assert time.perf_counter() - begun < 5


def test_there_is_an_end_to_addresses():
    assert len(parse("a@example.com," * 5_000)) == MAX_ADDRESSES


def test_spellings_of_one_address_are_one():
    assert normalise(" <Ann@Example.COM.> ") == "ann@example.com"
    assert normalise("ann@xn--bcher-kva.example") == normalise("ann@Bücher.example")
    assert domain_of("Ann@Example.com") == "example.com"
    assert domain_of("nobody") == ""


def test_an_address_is_found_in_words():
    assert find("please write to <ann@example.com>.") == "ann@example.com"
    assert find("nobody here") == ""


def test_a_public_provider_is_no_company():
    assert is_public_provider("Gmail.com")
    assert is_public_provider("mail.ru")
    assert not is_public_provider("acme.example")


@given(st.text(alphabet='abс@<>(),;:"\\ =?.\n', max_size=120))
def test_any_header_is_read(written: str):
    assert all(isinstance(entry.email, str) for entry in parse(written))
    assert isinstance(normalise(written), str)


def test_a_machine_may_be_named_by_its_number_alone():
    assert parse("joe@[192.0.2.1], <ann@[192.0.2.2]>") == [
        ("joe@[192.0.2.1]", ""),
        ("ann@[192.0.2.2]", ""),
    ]

"""Pushes are sealed as RFC 8291 says: by its own example, and by a browser's way of opening them."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from harken.notifications.push.encryption import CURVE, MOST_BYTES, Keys, NotKeys, encoded, seal
from tests.servers.push_service import Browser

# RFC 8291, appendix A.
EXAMPLE = Keys(
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_the_standard_comes_out_byte_by_byte():
    sender = ec.derive_private_key(int.from_bytes(raw(SENDER), "big"), CURVE)

    sealed = seal(b"When I grow up, I want to be a watermelon", EXAMPLE, salt=raw(SALT), sender=sender)

    assert encoded(sealed) == SEALED


def test_a_browser_opens_what_was_sealed_for_it_and_no_other_does():
    browser, other = Browser(), Browser()
    sealed = seal("Где мой хлеб?".encode(), browser.keys)

    assert browser.opened(sealed) == "Где мой хлеб?".encode()
    with pytest.raises(InvalidTag):
        other.opened(sealed)


def test_two_pushes_of_the_same_words_look_different():
    browser = Browser()

    assert seal(b"Bread", browser.keys) != seal(b"Bread", browser.keys)


def test_a_push_is_never_longer_than_services_take():
    browser = Browser()

    assert len(seal(b"x" * MOST_BYTES, browser.keys)) == 4096
    with pytest.raises(ValueError, match="too long"):
        seal(b"x" * (MOST_BYTES + 1), browser.keys)


@pytest.mark.parametrize(
    "wrong",
    [
        Keys("", ""),
        Keys("AAAA", EXAMPLE.auth),
        Keys(EXAMPLE.p256dh, "AAAA"),
        Keys(encoded(b"\x04" + b"\x01" * 64), EXAMPLE.auth),
        Keys("ключ" * 20, EXAMPLE.auth),
        Keys(encoded(b"\x00" * 65), EXAMPLE.auth),
    ],
)
def test_what_is_no_key_is_said_so(wrong: Keys):
    with pytest.raises(NotKeys):
        wrong.check()

"""Signed and encrypted letters: recognised, and opened where no key is needed."""

import base64
import time
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from harken.channels.contract import Incoming
from harken.channels.email import cms
from harken.channels.email.protection import is_sealed
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail, make_parts
from harken.lib.text import left_over

INSIDE = "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße, signed".encode()
PASTED = "-----BEGIN PGP MESSAGE-----\nVersion: 1\n\nhQEMA\n-----END PGP MESSAGE-----"


@cache
def key_and_certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    key = rsa.generate_private_key(65537, 2048)
    ann = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ann")])
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(ann, ann, key.public_key(), x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def signed(content: bytes, *options: pkcs7.PKCS7Options) -> bytes:
    key, certificate = key_and_certificate()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def encrypted(content: bytes) -> bytes:
    _, certificate = key_and_certificate()
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(certificate)
    return builder.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def in_pieces(content: bytes) -> bytes:
    """Signed data in BER: every length left open, the octets in two pieces."""
    first, second = content[:5], content[5:]
    octets = (
        b"\x24\x80" + b"".join(b"\x04" + bytes((len(each),)) + each for each in (first, second)) + b"\0\0"
    )
    data, wrapped = (bytes.fromhex(f"06092a864886f70d01070{number}") for number in (1, 2))
    enclosed = b"\x30\x80" + data + b"\xa0\x80" + octets + b"\0\0" + b"\0\0"
    inner = b"\x30\x80" + b"\x02\x01\x01" + b"\x31\x80" + b"\0\0" + enclosed + b"\0\0"
    return b"\x30\x80" + wrapped + b"\xa0\x80" + inner + b"\0\0" + b"\0\0"


def letter_with(container: bytes, kind: str = "application/pkcs7-mime; name=smime.p7m") -> Incoming:
    return read(
        make_mail(base64.encodebytes(container), content_type=kind, content_transfer_encoding="base64")
    )


@pytest.mark.parametrize("container", [signed(INSIDE), in_pieces(INSIDE)], ids=["DER", "BER"])
@pytest.mark.parametrize("kind", ["application/pkcs7-mime", "application/octet-stream; name=smime.p7m"])
def test_what_a_signature_wraps_is_read_and_the_wrapping_kept(container: bytes, kind: str):
    letter = letter_with(container, kind)

    assert letter.text == "Grüße, signed"
    assert letter.protection == "smime-signed"
    assert [(file.name, file.content) for file in letter.files] == [("smime.p7m", container)]


def test_files_inside_what_is_signed_come_out():
    inside = make_parts("\nHello", "Content-Type: application/pdf; name=a.pdf\n\n%PDF")

    assert [file.name for file in letter_with(signed(inside)).files] == ["a.pdf", "smime.p7m"]


def test_what_is_encrypted_is_a_file_and_told_to_be_so():
    container = encrypted(INSIDE)

    letter = letter_with(container)

    assert (letter.text, letter.protection) == ("", "smime-encrypted")
    assert [(file.name, file.content) for file in letter.files] == [("smime.p7m", container)]


def test_a_container_cut_short_or_without_content_is_a_file():
    container = signed(INSIDE)

    for broken in (
        container[:20],
        container[:60],
        b"",
        b"0",
        b"\x30\x80" * 9,
        signed(INSIDE, pkcs7.PKCS7Options.DetachedSignature),
    ):
        letter = letter_with(broken)
        assert (letter.text, letter.protection) == ("", "")
        assert [file.content for file in letter.files] == [broken]


@pytest.mark.parametrize("cut", range(1, 120))
def test_a_container_cut_anywhere_opens_nothing_by_chance(cut: int):
    assert cms.signed_content(signed(INSIDE)[:cut]) is None


@pytest.mark.parametrize(
    ("protocol", "kind", "name", "protection"),
    [
        ("application/pgp-signature", "application/pgp-signature", "signature.asc", "pgp-signed"),
        ("application/pkcs7-signature", "application/pkcs7-signature", "smime.p7s", "smime-signed"),
    ],
)
def test_a_signature_beside_the_words_has_a_name(protocol: str, kind: str, name: str, protection: str):
    letter = read(
        make_parts("\nHello", f"Content-Type: {kind}\n\nxyz", kind=f'signed; protocol="{protocol}"; x="')
    )

    assert (letter.text, letter.protection) == ("Hello", protection)
    assert [file.name for file in letter.files] == [name]


def test_a_letter_encrypted_by_pgp_is_one_file():
    parts = (
        "Content-Type: application/pgp-encrypted\n\nVersion: 1",
        f"Content-Type: application/octet-stream\n\n{PASTED}",
    )

    letter = read(make_parts(*parts, kind="encrypted"))

    assert (letter.text, letter.protection) == ("", "pgp-encrypted")
    assert [file.name for file in letter.files] == ["encrypted.asc"]


def test_pgp_pasted_into_the_words_is_offered_as_a_file_and_the_words_stay():
    letter = read(make_mail(f"Please read\n\n{PASTED}\n\nAnn"))

    assert letter.protection == "pgp-encrypted"
    assert letter.files[0].content.decode() == f"{PASTED}\n"
    assert letter.text.startswith("Please read")
    assert letter.text.endswith("Ann")


def test_the_blank_line_that_html_lost_is_back_in_the_file():
    letter = read(make_mail(f"<p>{PASTED.replace(chr(10), '<br>')}</p>", content_type="text/html"))

    assert letter.files[0].content.decode() == f"{PASTED}\n"


def test_what_is_encrypted_in_place_is_folded_and_the_words_around_it_are_shown():
    letter = read(make_mail(f"Please read\n\n{PASTED}\n\nThank you!"))

    assert " ".join(letter.visible_text.split()) == "Please read Thank you!"
    assert letter.signature == PASTED
    assert PASTED in letter.text


SIGNED = (
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
    "Hello, it is cold:\n- - the oven\n- - the bread\n\n- -- \nAnn Baker\n"
    "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----"
)


def test_words_signed_in_place_are_shown_without_the_armour():
    letter = read(make_mail(SIGNED))

    assert letter.protection == "pgp-signed"
    assert letter.visible_text == "Hello, it is cold:\n- the oven\n- the bread"
    assert letter.signature.startswith(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n--\nAnn Baker\n---"
    )
    assert left_over(letter.text, letter.visible_text, letter.signature) == ""


def test_words_around_signed_ones_are_shown():
    letter = read(make_mail(f"Above it.\n\n{SIGNED.replace('- -- ', '')}\n\nThis line is not signed."))

    assert letter.visible_text.startswith("Above it.\n\nHello")
    assert letter.visible_text.endswith("This line is not signed.")


def test_a_public_key_below_the_words_is_folded():
    key = PASTED.replace("MESSAGE", "PUBLIC KEY BLOCK")

    letter = read(make_mail(f"Here is my key\n{key}"))

    assert (letter.visible_text, letter.signature, letter.protection) == ("Here is my key", key, "")


@pytest.mark.parametrize("text", [SIGNED[:-6], PASTED[:-6], SIGNED.replace("-----BEGIN PGP SIGNATURE", "x")])
def test_armour_that_never_ends_hides_no_words(text):
    assert "Hello" not in text or "Hello, it is cold:" in read(make_mail(text)).visible_text
    assert "hQEMA" not in text or "hQEMA" in read(make_mail(text)).visible_text


def test_armour_costs_no_more_than_its_lines():
    text = "-----BEGIN PGP MESSAGE-----\n-----BEGIN PGP SIGNED MESSAGE-----\n" * 40_000
    began = time.monotonic()

    read(make_mail(text))

    assert time.monotonic() - began < 5


def test_somebody_who_asks_about_pgp_is_not_protected():
    assert read(make_mail("What is -----BEGIN PGP MESSAGE----- in my mail?")).protection == ""
    assert read(make_mail("> -----BEGIN PGP MESSAGE-----\n> -----END PGP MESSAGE-----")).protection == ""


def test_a_signed_mail_that_is_enclosed_protects_not_the_letter_around_it():
    enclosed = (
        make_parts("\nHi", kind='signed; protocol="application/pgp-signature"; x="')
        .decode()
        .replace("\r", "")
    )

    assert (
        read(
            make_parts(
                "\nSee below", f"Content-Type: message/rfc822\n\n{enclosed}".replace("frontier", "inner")
            )
        ).protection
        == ""
    )


@pytest.mark.parametrize(
    ("text", "is_cut", "expected"),
    [
        (PASTED, False, True),
        (PASTED, True, True),
        (PASTED[:-20], False, False),
        (f"\n{PASTED[:-20]}", True, True),
        (f"{PASTED}\nAnn", False, False),
        (f"{PASTED}\nAnn", True, False),
        (f"Hello\n{PASTED[:-20]}", True, False),
        (SIGNED[:-6], True, False),
    ],
)
def test_a_text_is_sealed_when_there_is_nothing_else_in_it(text, is_cut, expected):
    assert is_sealed(text, is_cut=is_cut) is expected

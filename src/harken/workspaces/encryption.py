"""Secrets at rest: a text column whose content only this installation's secret key opens."""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SecretUnreadable(Exception):
    """A stored secret was made with another HARKEN_SECRET_KEY; it must be typed in again."""

    sentence = _(
        "The stored password cannot be read: this installation’s secret key was changed. Nothing is lost."
        " Enter the password again, or bring the old key back (HARKEN_SECRET_KEY)."
    )

    def __str__(self) -> str:
        return str(self.sentence)


class Unopened(str):
    """A sealed text that no key of this installation opens. Saved again it stays as it is: the key may come back."""


def encrypt(text: str) -> str:
    """Return `text` sealed with the newest key."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """Return the text again. Raises SecretUnreadable when no key of this installation opens it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def opened(text: str) -> str:
    """Return what a column held, fit for use. Raises SecretUnreadable when it could not be opened."""
    if isinstance(text, Unopened):
        raise SecretUnreadable
    return text


class EncryptedTextField(models.TextField):
    """A text kept sealed in the database; `""` stays `""`, so that "no password" needs no key.

    One that does not open is read as `Unopened`: a single bad secret must not hide the rows beside it. Whoever
    uses the text asks `opened` for it.
    """

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unopened):
            return str.__str__(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        try:
            return decrypt(value) if value else value
        except SecretUnreadable:
            return Unopened(value)


def _keys() -> MultiFernet:
    # The first key seals; the fallbacks still open what was sealed before a rotation.
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_fernet_key(secret)) for secret in secrets])


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(
        hashlib.blake2b(secret.encode(), digest_size=32, person=b"harken-at-rest").digest()
    )

"""Secrets at rest: a text column whose content only this installation's secret key opens."""

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class SecretUnreadable(Exception):
    """A stored secret was made with another HARKEN_SECRET_KEY; it must be typed in again."""


def encrypt(text: str) -> str:
    """Return `text` sealed with the newest key."""
    return _keys().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """Return the text again. Raises SecretUnreadable when no key of this installation opens it."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


class EncryptedTextField(models.TextField):
    """A text kept sealed in the database; `""` stays `""`, so that "no password" needs no key."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value


def _keys() -> MultiFernet:
    # The first key seals; the fallbacks still open what was sealed before a rotation.
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_fernet_key(secret)) for secret in secrets])


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(
        hashlib.blake2b(secret.encode(), digest_size=32, person=b"harken-at-rest").digest()
    )

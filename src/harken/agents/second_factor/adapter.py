"""What allauth.mfa does our way: secrets sealed, one name for all, our own words."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harken.agents.adapter import REFUSED
from harken.agents.models import User
from harken.workspaces.encryption import decrypt, encrypt


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = dict.fromkeys(DefaultMFAAdapter.error_messages, REFUSED) | {
        "cannot_generate_recovery_codes": gettext_lazy(
            "No codes were made: they stand in for a second key, and you have none yet. Make a passkey first, or take"
            " an app."
        ),
        "incorrect_code": gettext_lazy(
            "This did not fit. Nothing was changed. Take the newest code and try again."
        ),
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return f"Harken {_host()}"

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        # From our own setting, never from the Host header: a passkey made for another name would open nothing.
        return {"id": _host(), "name": "Harken"}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"display_name": user.display_name, "name": user.email}


def _host() -> str:
    return urlsplit(settings.HARKEN_URL).hostname or "localhost"

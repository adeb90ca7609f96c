"""Forms of the second step. A code that was taken once is not taken again."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.recovery_codes import forms as code_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from harken.agents.digests import digest_of
from harken.agents.models import User
from harken.ui.forms import Worded

# Sent before the page's script was there to ask the device, or what no device gives.
NO_PASSKEY = _("The device gave no passkey. Nothing was changed. Try again, or take another way.")
LONGEST_CODE = 20
# A code is good for its half minute and for one on either side, because clocks differ.
REMEMBERED_SECONDS = 120


def _code_field(label: Any, hint: Any = "") -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", "autofocus": True}
    return forms.CharField(
        label=label, help_text=hint, max_length=LONGEST_CODE, widget=forms.TextInput(attrs=attributes)
    )


def _used_before(user: User, code: str) -> bool:
    digits = "".join(code.split())
    return not cache.add(f"second-factor:{user.pk}:{digest_of(digits)}", 1, REMEMBERED_SECONDS)


class _OnceOnly:
    """A code fits once: seen over somebody's shoulder, it opens nothing any more."""

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        if _used_before(self.user, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_OnceOnly, Worded, base_forms.AuthenticateForm):
    code = _code_field(_("Code"), _("From your authenticator app, or one of your recovery codes."))


class ReauthenticateForm(_OnceOnly, Worded, base_forms.ReauthenticateForm):
    code = _code_field(_("Code"), _("From your authenticator app, or one of your recovery codes."))


class ActivateAppForm(_OnceOnly, Worded, totp_forms.ActivateTOTPForm):
    code = _code_field(_("The six digits that the app shows now"))


class DeactivateAppForm(Worded, totp_forms.DeactivateTOTPForm):
    """Nothing to fill in; it may be refused."""


class GenerateCodesForm(Worded, code_forms.GenerateRecoveryCodesForm):
    """Nothing to fill in; it may be refused."""


class _Passkey(Worded):
    """What a device gives to show who is there."""

    says = dict.fromkeys(("required", "invalid"), NO_PASSKEY)


class PasskeyStepForm(_Passkey, webauthn_forms.AuthenticateWebAuthnForm):
    """A passkey as the second key."""


class PasskeySignInForm(_Passkey, webauthn_forms.LoginWebAuthnForm):
    """A passkey that opens the door alone."""


class PasskeyAgainForm(_Passkey, webauthn_forms.ReauthenticateWebAuthnForm):
    """A passkey, before something is changed that keys hang on."""


class AddPasskeyForm(_Passkey, webauthn_forms.AddWebAuthnForm):
    """A key that opens the door alone: whoever holds it must have shown that it is them, by finger, face or PIN."""

    name = forms.CharField(
        label=_("What do you call it?"),
        help_text=_("So that you know it again: Laptop, phone, key on the ring."),
        required=False,
        max_length=100,
    )
    passwordless = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        credential = cleaned.get("credential")
        if (
            credential
            and not auth.parse_registration_response(
                credential
            ).response.attestation_object.auth_data.is_user_verified()
        ):
            raise get_adapter().validation_error("incorrect_code")
        return cleaned

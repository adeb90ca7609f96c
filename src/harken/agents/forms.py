"""Forms at the door and in the settings of people."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent, Language, User, clean_address
from harken.agents.tasks import send_password_reset
from harken.lib.zones import zone_names
from harken.ui.fields import Line
from harken.ui.forms import Form, Worded

_ADDRESS = {"autocomplete": "email", "inputmode": "email", "dir": "ltr"}
_LONGEST_PASSWORD = 256
MOST_TOKENS = 50


class AddressField(forms.EmailField):
    """A mail address of ours, in the form it is kept: lower case."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Your e-mail"))
        kwargs.setdefault("widget", forms.EmailInput(attrs=_ADDRESS))
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: Any) -> str:
        return clean_address(super().clean(value))


class PasswordField(forms.CharField):
    """A password, with its outer blanks; a new one is held to the installation's rules."""

    def __init__(self, *, is_new: bool = True, **kwargs: Any) -> None:
        attributes = {"autocomplete": "new-password" if is_new else "current-password", "dir": "ltr"}
        kwargs |= {"strip": False, "max_length": _LONGEST_PASSWORD}
        super().__init__(widget=forms.PasswordInput(attrs=attributes), **kwargs)


class SignInForm(Form):
    email = AddressField(widget=forms.EmailInput(attrs=_ADDRESS | {"autocomplete": "username"}))


class OnboardingForm(Form):
    name = Line(
        label=_("What do customers know you as?"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True}),
    )
    email = AddressField(help_text=_("You sign in with a link, no password to remember."))
    customers_write_to = AddressField(
        label=_("Where do customers write to you now?"),
        help_text=_(
            "You connect this mailbox in the next minutes, or later. Leave empty when there is none."
        ),
        required=False,
    )
    # Filled in by a script; without it the workspace's days are those of UTC until somebody says otherwise.
    time_zone = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        return zone if zone in zone_names() else "UTC"


class NewcomerForm(Form):
    name = Line(
        label=_("Your name"),
        help_text=_("Customers see it on your answers."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = PasswordField(
        label=_("Password"),
        help_text=_("Leave empty to sign in with a link each time, and have no password to remember."),
        required=False,
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        newcomer = User(email=self.email, name=self.cleaned_data.get("name", ""))
        return get_adapter().clean_password(password, newcomer) if password else ""


class InvitationForm(Form):
    email = AddressField(
        label=_("E-mail of your colleague"), widget=forms.EmailInput(attrs=_ADDRESS | {"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("As"), choices=Agent.Role.choices, initial=Agent.Role.AGENT)


class TokenForm(Form):
    name = Line(
        label=_("What is it for?"),
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Order system"), "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count

    def clean(self) -> dict[str, Any] | None:
        if self.count >= MOST_TOKENS:
            raise forms.ValidationError(
                _("You have 50 tokens already. Nothing was made. Take back those that no program uses.")
            )
        return super().clean()


class ProfileForm(Form):
    name = Line(
        label=_("Your name"),
        help_text=_("Customers see it on your answers."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    signature = forms.CharField(
        label=_("Signature"),
        help_text=_("Goes under every answer you send from this workspace."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    theme = forms.ChoiceField(label=_("Light or dark"), choices=User.Theme.choices)


class HabitsForm(Form):
    """How lists and keys behave for one person."""

    density = forms.ChoiceField(label=_("Lists"), choices=User.Density.choices)
    after_closing = forms.ChoiceField(label=_("After a request is closed"), choices=User.AfterClosing.choices)
    has_single_keys = forms.BooleanField(
        label=_("Single keys, such as R to reply"),
        help_text=_(
            "Off when you dictate, or when a key is easily touched by mistake. Ctrl Enter still sends."
        ),
        required=False,
    )


class PasswordSignInForm(Worded, allauth_forms.LoginForm):
    """allauth's, without placeholders in the place of labels."""

    password = PasswordField(is_new=False, label=_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField(
            widget=forms.EmailInput(attrs=_ADDRESS | {"autocomplete": "username"})
        )
        self.order_fields(["login", "password"])


class ChangePasswordForm(Worded, allauth_forms.ChangePasswordForm):
    """allauth's, with the new password asked for once: a browser can show it, a typo is mended by a link."""

    oldpassword = PasswordField(is_new=False, label=_("Password of now"))
    password1 = allauth_forms.SetPasswordField(
        label=_("New password"), help_text=_("At least 10 characters.")
    )
    password2 = None


class SetPasswordForm(Worded, allauth_forms.SetPasswordForm):
    password1 = allauth_forms.SetPasswordField(
        label=_("New password"), help_text=_("At least 10 characters.")
    )
    password2 = None


class ResetPasswordKeyForm(Worded, allauth_forms.ResetPasswordKeyForm):
    password1 = allauth_forms.SetPasswordField(
        label=_("New password"), help_text=_("At least 10 characters.")
    )
    password2 = None

    def save(self) -> None:
        """Set the password; whoever got here has read the letter to the address."""
        self.user.prove_address()
        super().save()


class PasswordAgainForm(Worded, allauth_forms.ReauthenticateForm):
    """allauth's, before something is changed that keys hang on."""


class ResetPasswordForm(Worded, allauth_forms.ResetPasswordForm):
    email = AddressField(widget=forms.EmailInput(attrs=_ADDRESS | {"autocomplete": "username"}))

    @property
    def can_send(self) -> bool:
        """Has this installation been told how to send mail?"""
        return bool(settings.HARKEN_RELAY)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Let a job write the letter: whoever asks learns nothing from how long it takes."""
        email: str = self.cleaned_data["email"]
        send_password_reset.defer(workspace_id=None, email=email)
        return email

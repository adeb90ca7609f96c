"""allauth's pages of the second step, our way: what is refused answers 422, and a passkey opens the door alone."""

from typing import Any

from allauth.account import views as account_views
from allauth.account.models import Login
from allauth.mfa.base import views as base_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic.base import TemplateResponseMixin

from harken.agents.next_page import next_page
from harken.agents.reach import note_second_factor
from harken.agents.views.door import sign_in_page


class _Worded(TemplateResponseMixin):
    """A page whose refusals answer 422."""

    request: HttpRequest

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        kwargs.setdefault("status", 422 if self.request.method == "POST" else 200)
        return super().render_to_response(context, **kwargs)


class SecondStep(_Worded, base_views.AuthenticateView):
    """Ask for the second key, after the first one fitted."""


class CodeAgain(_Worded, base_views.ReauthenticateView):
    """Ask for a code before something is changed that keys hang on."""


class PasswordAgain(_Worded, account_views.ReauthenticateView):
    """Ask for the password before something is changed that keys hang on."""


class ActivateApp(_Worded, totp_views.ActivateTOTPView):
    """Make an authenticator app a second key, which this session has shown herewith."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_second_factor(self, self.request, form.user)
        return response


class DeactivateApp(_Worded, totp_views.DeactivateTOTPView):
    """Forget the authenticator app."""


class GenerateCodes(_Worded, code_views.GenerateRecoveryCodesView):
    """Make new recovery codes; the old ones open nothing any more."""


class AddPasskey(_Worded, webauthn_views.AddWebAuthnView):
    """Make a passkey: kept by the device, opened by finger, face or PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("form", kwargs.get("form") or self.get_form())
        context["js_data"] = {"creation_options": auth.begin_registration(self.request.user, True)}
        return context


class RemovePasskey(_Worded, webauthn_views.RemoveWebAuthnView):
    """Forget a passkey."""

    success_url = reverse_lazy("mfa_index")


class PasskeyAgain(_Worded, webauthn_views.ReauthenticateWebAuthnView):
    """Ask for a passkey before something is changed that keys hang on."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))


@method_decorator(never_cache, name="dispatch")
class PasskeySignIn(webauthn_views.LoginWebAuthnView):
    """GET gives a browser what it needs to ask for a passkey; POST signs in with what it gave."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse({"request_options": auth.begin_authentication(user=None)})

    def form_invalid(self, form: Any) -> HttpResponse:
        return sign_in_page(self.request, passkey_problem=" ".join(form.errors.get("credential", [])))

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        then = next_page(self.request) or reverse("agents:home")
        login = Login(user=authenticator.user, redirect_url=then)
        response: HttpResponse = perform_passwordless_login(self.request, authenticator, login)
        return response

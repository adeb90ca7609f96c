"""The few things allauth's password pages do differently here."""

from allauth.account import views as allauth_views
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@method_decorator(never_cache, name="dispatch")
class ResetFromKey(allauth_views.PasswordResetFromKeyView):
    """Set a new password behind the link of a letter; a used or old link answers 410."""

    def render_to_response(self, context: dict[str, object], **kwargs: object) -> HttpResponse:
        status = 410 if context.get("token_fail") else 422 if self.request.method == "POST" else 200
        response: HttpResponse = super().render_to_response(context, status=status, **kwargs)
        return response


@never_cache
@require_safe
@login_required
def changed(request: HttpRequest) -> HttpResponse:
    """Say that it is done, and what it did elsewhere."""
    return render(request, "agents/password_changed.html")

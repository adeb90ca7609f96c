"""What django-allauth does our way: no sign-up, no flash messages, no second kind of answer, our own letters."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from harken.agents.models import User, clean_address
from harken.agents.next_page import is_ours
from harken.agents.tasks import send_key_notice, send_password_notice

# For what allauth refuses where no page of ours asks for it.
REFUSED = _("That cannot be done here. Nothing was changed; go back and load the page again.")
_NOT_YOURS = _("This is not your password of now. Nothing was changed; type it again.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = dict.fromkeys(DefaultAccountAdapter.error_messages, REFUSED) | {
        "email_password_mismatch": _(
            "The address or the password is not right. Check both, or ask for a link instead."
        ),
        "too_many_login_attempts": _(
            "That was tried too often. Wait five minutes, or ask for a link instead."
        ),
        "enter_current_password": _NOT_YOURS,
        "incorrect_password": _NOT_YOURS,
        "rate_limited": _("That was tried too often. Nothing was changed; wait five minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Say no: people come by the owner link or by invitation."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer pages only; the API has tokens."""
        return False

    def is_safe_url(self, url: str) -> bool:
        return is_ours(url)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: each page says itself what happened."""

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            user.announce_session()

    def set_password(self, user: Any, password: str) -> None:
        user.change_password(password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("agents:password_changed")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again only when the last key was shown longer than five minutes ago."""
        records = get_authentication_records(context.request, context.request.user)
        newest = max((record["at"] for record in records), default=0)
        return time.time() - newest > app_settings.REAUTHENTICATION_TIMEOUT

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Tell the person that one of their keys is new or gone."""
        room, _slash, what = template_prefix.partition("/email/")
        if room == "mfa":
            send_key_notice.defer(workspace_id=None, user_id=user.pk, what=what)
        else:
            send_password_notice.defer(workspace_id=None, user_id=user.pk)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # The library puts the Host header in front, which a guesser chooses freely.
        return clean_address(str(credentials.get("email", "")))

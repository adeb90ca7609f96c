from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from harken.agents.models import User
from harken.lib import rows


class SignedIn(AuthenticationBackend):
    """Sign-in by address, as allauth does it. Whose a session is, every page asks: that statement is prepared."""

    def get_user(self, user_id: Any) -> User | None:
        user = rows.first(User, "id = %s", [int(user_id)])
        return user if user and self.user_can_authenticate(user) else None

"""Taking a second step back, for somebody whose device and codes are gone."""

from django.db import transaction

from harken.agents.models import User
from harken.agents.tasks import send_key_notice


@transaction.atomic
def reset(user: User) -> None:
    """Remove every passkey, app and recovery code of a person, end their sessions, and tell them by mail."""
    user.forget_second_factors()
    user.sign_out_elsewhere()
    send_key_notice.defer(workspace_id=None, user_id=user.pk, what="reset")

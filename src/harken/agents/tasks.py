"""Letters leave from here, not from the request that asks for them.

So an address without an account takes the asker exactly as long as one with, and no link lies in a table of
jobs: it is made when its letter is. A second run sends a second letter with another link, which harms nobody.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from harken.agents import letters, links
from harken.agents.models import User
from harken.events.jobs import GrowingPauses, job
from harken.workspaces.models import Workspace

# A quarter of an hour, about as long as a sign-in link would live: later nobody waits for it any more.
WHILE_SOMEBODY_WAITS = GrowingPauses(attempts=8)


@job(queue="mail", retry=WHILE_SOMEBODY_WAITS)
def send_sign_in_link(workspace_id: None, email: str, then: str) -> None:
    user = User.objects.known_as(email)
    if user is not None:
        with translation.override(user.language):
            letters.send(letters.sign_in(links.sign_in_link(user, then=then)), user.email)


@job(queue="mail", retry=WHILE_SOMEBODY_WAITS)
def send_password_reset(workspace_id: None, email: str) -> None:
    user = User.objects.known_as(email)
    if user is not None:
        with translation.override(user.language):
            letters.send(letters.password_reset(_reset_link(user)), user.email)


@job(queue="mail")
def send_password_notice(workspace_id: None, user_id: int) -> None:
    user = User.objects.get(pk=user_id)
    with translation.override(user.language):
        letters.send(letters.password_changed(user), user.email)


@job(queue="mail")
def send_key_notice(workspace_id: None, user_id: int, what: str) -> None:
    user = User.objects.get(pk=user_id)
    with translation.override(user.language):
        letters.send(letters.key_changed(user, what), user.email)


@job(queue="mail")
def send_invitation(workspace_id: int, email: str) -> None:
    link = links.mailed_invitation_link(workspace_id, email)
    if link is not None:
        workspace = Workspace.objects.get(pk=workspace_id)
        user = User.objects.known_as(email)
        with translation.override(user.language if user else workspace.language):
            letters.send(letters.invitation(link, workspace), email)


def _reset_link(user: User) -> str:
    values = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return f"{settings.HARKEN_URL}{reverse('account_reset_password_from_key', kwargs=values)}"

"""The last step of every sign-in of our own: whoever has a second key is asked for it."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from harken.agents.models import User


def enter(request: HttpRequest, user: User, *, by: str, then: str = "") -> HttpResponse:
    """Sign the user in and go on to `then`, over the page that asks for the second key where there is one.

    `by` names what opened the door. Somebody else who was signed in here is signed out.
    """
    if request.user.is_authenticated and request.user != user:
        logout(request)
    record_authentication(request, user, by)
    response: HttpResponse = perform_login(request, user, redirect_url=then or None)
    return response

"""Becoming the owner, or a colleague."""

from typing import Any

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters

from harken.agents import joining, links
from harken.agents.entering import enter
from harken.agents.forms import NewcomerForm, OnboardingForm
from harken.agents.models import OneTimeLink, User
from harken.agents.opening import first_start
from harken.agents.views.links import behind_a_link

Purpose = OneTimeLink.Purpose


@behind_a_link
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """The first start: three answers make the workspace and its owner."""
    links.find(secret, Purpose.OWNER)
    form = OnboardingForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(request, "agents/welcome.html", {"form": form}, status=422 if form.is_bound else 200)
    owner = first_start(secret, language=get_language() or "en", **form.cleaned_data)
    return enter(request, owner.user, by="owner link", then=owner.workspace.path)


@sensitive_post_parameters("password")
@behind_a_link
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Join a workspace: a newcomer gives a name, a user with an account signs in as who was invited."""
    invited = links.find(secret, Purpose.INVITATION)
    context = {"invited": invited, "workspace_name": joining.workspace_of(invited).name}
    user = User.objects.known_as(invited.email)
    if user is None:
        return _newcomer(request, secret, context)
    if request.user != user:
        # The link may have been shown to anybody: an account opens by its own keys only.
        return render(request, "agents/invitation_known.html", context)
    if request.method == "GET":
        return render(request, "agents/invitation.html", context)
    return redirect(joining.accept_as(user, secret).workspace.path)


def _newcomer(request: HttpRequest, secret: str, context: dict[str, Any]) -> HttpResponse:
    form = NewcomerForm(request.POST if request.method == "POST" else None, email=context["invited"].email)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "agents/invitation_new.html", context | {"form": form}, status=status)
    agent = joining.accept_as_newcomer(secret, language=get_language() or "en", **form.cleaned_data)
    login(request, agent.user)
    return redirect(agent.workspace.path)

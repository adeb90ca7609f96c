"""From what a provider proved to the colleague it is about."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from harken.agents.errors import AddressUnverified, LinkedToSomebodyElse, NotInvited
from harken.agents.models import Agent, Provider, ProviderAccount, User, clean_address
from harken.lib.text import clean, one_line
from harken.workspaces import wall


@transaction.atomic
def recognise(provider: Provider, claims: dict[str, Any]) -> Agent:
    """Return the colleague, known by the account's subject, or the first time by an address that is vouched for.

    Raises AddressUnverified, NotInvited and LinkedToSomebodyElse.
    """
    with wall.inside(provider.workspace_id):
        known = ProviderAccount.objects.filter(
            workspace=provider.workspace_id, issuer=provider.issuer, subject=claims["sub"]
        ).select_related("agent__user")
        membership = known.first()
        agent = membership.agent if membership else _first_time(provider, claims)
        if not agent.is_active:
            raise NotInvited
        agent.workspace = provider.workspace
        return agent


def _first_time(provider: Provider, claims: dict[str, Any]) -> Agent:
    email = _vouched_for(claims)
    agent = Agent.objects.filter(workspace=provider.workspace_id, user__email=email).first()
    if agent is None:
        agent = _joined(provider, email, str(claims.get("name") or ""))
    linked, is_new = ProviderAccount.objects.get_or_create(
        workspace_id=provider.workspace_id,
        issuer=provider.issuer,
        agent=agent,
        defaults={"subject": claims["sub"]},
    )
    if not is_new and linked.subject != claims["sub"]:
        raise LinkedToSomebodyElse
    return agent


def _joined(provider: Provider, email: str, name: str) -> Agent:
    if not provider.lets_join:
        raise NotInvited
    # Nobody has shown us this address: should its owner come by mail one day, whoever was in is shut out.
    user = User.objects.known_as(email) or User.objects.create_user(
        email, name=one_line(name, 200), language=provider.workspace.language
    )
    joined: Agent = Agent.objects.join(provider.workspace, user)
    return joined


def _vouched_for(claims: dict[str, Any]) -> str:
    email = clean_address(clean(str(claims.get("email") or "")))
    try:
        validate_email(email)
    except ValidationError as error:
        raise AddressUnverified from error
    # The word "true" is no promise: a provider that vouches says so in JSON.
    if claims.get("email_verified") is not True:
        raise AddressUnverified
    return email

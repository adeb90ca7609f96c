"""Signing in by a workspace's own provider, as tests do it."""

from typing import Any

from django.test import Client

from harken.agents.models import Provider
from harken.workspaces import wall
from harken.workspaces.models import Workspace
from tests.servers.oidc import Issuer

HERE = "https://desk.fennel.example"


def provide(workspace: Workspace, issuer: Issuer, **fields: Any) -> Provider:
    with wall.inside(workspace.pk):
        known = {"issuer": issuer.url, "client_id": issuer.client_id, "client_secret": issuer.client_secret}
        return Provider.objects.create(workspace=workspace, **known | {"is_on": True} | fields)


def begin(client: Client, slug: str = "fennel", then: str = "") -> str:
    response = client.get(f"/accounts/oidc/{slug}/", {"next": then} if then else {})
    assert response.status_code == 302, response.content
    return response["Location"]


def sign_in(client: Client, issuer: Issuer, slug: str = "fennel", then: str = "") -> Any:
    return client.get(issuer.authorize(begin(client, slug, then)))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session

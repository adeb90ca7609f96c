import pytest
from django.test import Client

from harken.agents.admission import admit
from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent, Provider
from harken.agents.tests.by_provider import HERE, sign_in
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace
from tests.servers.oidc import Issuer

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(client: Client, issuer: Issuer, olga: Agent) -> Client:
    """Olga, in by Fennel's provider; she has a password and is in Thistle, too."""
    olga.user.set_password("a long password")
    olga.user.save()
    make_agent(make_workspace(slug="thistle"), user=olga.user)
    wall.leave()
    sign_in(client, issuer)
    return client


def test_it_opens_that_workspace_and_no_other(limited: Client):
    assert limited.get("/fennel/settings/you/").status_code == 200
    for address in ("/thistle/", "/never-was/"):
        assert limited.get(address)["Location"].startswith("/accounts/login/?next="), address
        assert limited.post(address).status_code == 302
    assert "thistle" not in limited.get("/accounts/workspaces/").content.decode()
    assert limited.get("/")["Location"] == "/fennel/"


def test_it_hears_nothing_of_another_workspace(limited: Client, olga: Agent):
    assert admit(str(limited.session.session_key)).workspace_ids == (olga.workspace_id,)


@pytest.mark.parametrize(
    "page",
    [
        "password/change/",
        "password/set/",
        "security/",
        "security/first/",
        "security/app/",
        "security/codes/",
        "security/passkeys/new/",
        "security/again/",
    ],
)
def test_it_reaches_no_key_of_the_account(limited: Client, page: str):
    shown, sent = limited.get(f"/accounts/{page}"), limited.post(f"/accounts/{page}")

    assert shown["Location"].startswith("/accounts/login/")
    assert sent.status_code == 405 or sent["Location"].startswith("/accounts/login/")


def test_it_signs_nobody_out_elsewhere_and_shows_no_devices(limited: Client, olga: Agent):
    other = Client()
    other.force_login(olga.user)

    shown = limited.get("/fennel/settings/security/").content.decode()
    limited.post("/fennel/settings/security/departures/")

    assert "own provider" in shown
    assert "127.0.0.1" not in shown
    assert other.get("/thistle/settings/you/").status_code == 200


def test_who_then_shows_a_key_of_their_own_reaches_everything(limited: Client, olga: Agent):
    assert limited.get("/accounts/login/?next=/thistle/").status_code == 200

    limited.post("/accounts/login/password/", {"login": olga.email, "password": "a long password"})

    assert limited.get("/thistle/settings/you/").status_code == 200


def test_it_changes_no_name_that_holds_elsewhere(limited: Client, olga: Agent):
    limited.post(
        "/fennel/settings/you/",
        {"name": "Mallory", "signature": "Here", "language": "ja", "theme": "dark"},
    )

    olga.user.refresh_from_db()
    assert (olga.user.name, olga.user.language) == ("Olga Petrova", "en")
    with wall.inside(olga.workspace_id):
        assert Agent.objects.get(pk=olga.pk).signature == "Here"


def test_a_second_key_is_the_providers_business(client: Client, issuer: Issuer, olga: Agent):
    Workspace.objects.update(requires_second_factor=True)

    sign_in(client, issuer)

    assert client.get("/fennel/settings/you/").status_code == 200


def test_the_door_offers_it_where_it_can_be_meant(client: Client, issuer: Issuer, olga: Agent):
    offered = "/accounts/oidc/fennel/"
    assert offered in client.get("/accounts/login/").content.decode()
    make_workspace(slug="thistle")
    wall.leave()

    assert offered not in client.get("/accounts/login/").content.decode()
    assert offered in client.get("/accounts/login/?next=/fennel/inbox/").content.decode()
    assert offered not in client.get("/accounts/login/?next=/thistle/").content.decode()


SETTINGS = "/fennel/settings/sign-in/"


def given(issuer: Issuer, **fields: str) -> dict[str, str]:
    known = {"issuer": issuer.url, "client_id": "c2", "client_secret": "", "name": "Fennel ID", "is_on": "on"}
    return known | fields


def test_an_owner_sets_it_up_and_the_secret_is_never_shown(client: Client, issuer: Issuer, olga: Agent):
    client.force_login(olga.user)

    assert client.post(SETTINGS, given(issuer, client_secret="canary-2")).status_code == 302
    assert client.post(SETTINGS, given(issuer, client_id="c3")).status_code == 302
    page = client.get(SETTINGS).content.decode()

    with wall.inside(olga.workspace_id):
        provider = Provider.objects.get()
    assert (provider.client_id, provider.client_secret) == ("c3", "canary-2"), (
        "an empty field keeps the secret"
    )
    assert "canary-2" not in page
    assert f"{HERE}/accounts/oidc/{olga.workspace_id}/return/" in page


@pytest.mark.parametrize(
    "wrong", [{"issuer": ""}, {"issuer": "x"}, {"issuer": "ftp://x.example"}, {"issuer": "http://127.0.0.1:1"},
              {"client_id": ""}, {"name": "x" * 200}, {"issuer": "https://user:pass@x.example"}]
)  # fmt: skip
def test_what_cannot_work_is_not_switched_on(
    client: Client, issuer: Issuer, olga: Agent, wrong: dict[str, str]
):
    client.force_login(olga.user)

    refused = client.post(SETTINGS, given(issuer, client_id="typed") | wrong)

    assert refused.status_code == 422
    if "client_id" not in wrong:
        assert "typed" in refused.content.decode()


def test_a_colleague_who_is_no_owner_does_not_see_it(client: Client, issuer: Issuer, olga: Agent):
    with wall.inside(olga.workspace_id):
        kim = make_agent(olga.workspace, user=make_user("kim@fennel.example"))
    wall.leave()
    client.force_login(kim.user)

    assert client.get(SETTINGS).status_code == 403
    assert client.post(f"{SETTINGS}rule/", {"requires_second_factor": "on"}).status_code == 403
    assert "settings/sign-in" not in client.get("/fennel/settings/").content.decode()


def test_the_rule_is_switched_and_leads_its_owner_to_a_key_first(client: Client, issuer: Issuer, olga: Agent):
    client.force_login(olga.user)

    client.post(f"{SETTINGS}rule/", {"requires_second_factor": "on"})

    assert client.get(SETTINGS)["Location"].startswith("/accounts/security/first/")

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from harken.agents.admission import admit
from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent, Provider, ProviderAccount, User
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace
from tests.servers.oidc import Issuer

pytestmark = pytest.mark.django_db

HERE = "https://desk.fennel.example"


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer, settings: Settings) -> Issuer:
    """The issuer, honest again, with nothing of it remembered."""
    cache.clear()
    settings.HARKEN_ALLOW_INTERNAL = True
    settings.HARKEN_URL = HERE
    running.person = {"sub": "olga-1", "email": "olga@fennel.example", "email_verified": True}
    running.bent, running.about, running.described = {}, {}, {}
    running.algorithm, running.fault = "RS256", 0
    running.asked.clear()
    return running


@pytest.fixture
def olga(issuer: Issuer) -> Agent:
    """Olga, whose workspace signs in by the issuer."""
    agent = make_agent(make_workspace(slug="fennel"), "olga@fennel.example", "owner")
    provide(agent.workspace, issuer)
    wall.leave()
    return agent


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


def test_a_colleague_comes_in_and_goes_on_to_where_they_wanted(client: Client, issuer: Issuer, olga: Agent):
    response = sign_in(client, issuer, then="/fennel/settings/you/")

    assert response["Location"] == "/fennel/settings/you/"
    assert client.get("/fennel/settings/you/").status_code == 200


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere(client: Client, issuer: Issuer, olga: Agent, then: str):
    assert sign_in(client, issuer, then=then)["Location"] == "/fennel/"


def test_the_question_holds_state_nonce_and_challenge_and_no_secret(
    client: Client, issuer: Issuer, olga: Agent
):
    address = begin(client)

    for part in ("state=", "nonce=", "code_challenge=", "code_challenge_method=S256", "scope=openid"):
        assert part in address
    assert issuer.client_secret not in address
    assert f"redirect_uri={HERE.replace(':', '%3A').replace('/', '%2F')}%2Faccounts%2Foidc%2F" in address


def test_a_secret_in_the_form_is_sent_only_where_the_provider_wants_it(
    client: Client, issuer: Issuer, olga: Agent
):
    issuer.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    sign_in(client, issuer)

    assert is_in(client)


HOUR = 3600


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 5},
        {"aud": "somebody-else"},
        {"aud": ["harken-desk", "somebody-else"]},
        {"azp": "somebody-else"},
        {"iss": "https://evil.example"},
        {"exp": -HOUR},
        {"exp": None},
        {"iat": 48 * HOUR},
        {"nbf": 48 * HOUR},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 300},
    ],
    ids=str,
)
def test_an_answer_that_does_not_fit_lets_nobody_in(
    client: Client, issuer: Issuer, olga: Agent, bent: dict[str, Any]
):
    # Times are given from now.
    issuer.bent = {
        name: value + int(time.time()) if name in {"exp", "iat", "nbf"} and value else value
        for name, value in bent.items()
    }

    response = sign_in(client, issuer)

    assert response.status_code == 403
    assert "could not be proved" in response.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_have_signed_lets_nobody_in(
    client: Client, issuer: Issuer, olga: Agent, algorithm: str
):
    issuer.algorithm = algorithm

    assert sign_in(client, issuer).status_code == 403
    assert not is_in(client)


def test_an_answer_counts_once_and_only_for_who_asked(client: Client, issuer: Issuer, olga: Agent):
    answer = issuer.authorize(begin(client))
    thief = Client()

    assert thief.get(answer).status_code == 410
    assert client.get(answer).status_code == 302
    assert client.get(answer).status_code == 410
    assert not is_in(thief)


@pytest.mark.parametrize(
    "answer", ["", "?state=", "?code=x", "?state=x&code=y", "?state=%00", "?error=access_denied"]
)
def test_an_answer_that_nobody_asked_for_is_told_so(client: Client, issuer: Issuer, olga: Agent, answer: str):
    assert client.get(f"/accounts/oidc/{olga.workspace_id}/return/{answer}").status_code == 410


def test_an_old_question_is_not_answered(client: Client, issuer: Issuer, olga: Agent):
    answer = issuer.authorize(begin(client))

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get(answer).status_code == 410


def test_a_no_of_the_provider_is_told_in_words(client: Client, issuer: Issuer, olga: Agent):
    state = begin(client).partition("state=")[2].partition("&")[0]

    told = client.get(f"/accounts/oidc/{olga.workspace_id}/return/?error=access_denied&state={state}")

    assert told.status_code == 403
    assert "said no" in told.content.decode()


def test_an_answer_for_one_workspace_does_not_count_for_another(client: Client, issuer: Issuer, olga: Agent):
    other = make_agent(make_workspace(slug="thistle"), user=olga.user)
    provide(other.workspace, issuer)
    answer = issuer.authorize(begin(client))

    swapped = answer.replace(f"/{olga.workspace_id}/return", f"/{other.workspace_id}/return")

    assert client.get(swapped).status_code == 410


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_an_address_that_is_not_vouched_for_opens_no_account(
    client: Client, issuer: Issuer, olga: Agent, verified: Any
):
    issuer.person["email_verified"] = verified

    response = sign_in(client, issuer)

    assert response.status_code == 403
    assert "does not vouch" in response.content.decode()
    assert not is_in(client)
    with wall.inside(olga.workspace_id):
        assert not ProviderAccount.objects.exists()


@pytest.mark.parametrize(
    "email", ["", None, "olga", "olga@fennel.example\n", "a\0@b.example", 5, ["olga@fennel.example"]]
)
def test_what_is_no_address_opens_no_account(client: Client, issuer: Issuer, olga: Agent, email: Any):
    issuer.person["email"] = email
    issuer.about = {"sub": "olga-1"}

    response = sign_in(client, issuer)

    assert response.status_code in {302, 403}
    assert is_in(client) == (email == "olga@fennel.example\n")


def test_a_known_account_is_known_by_its_subject_whatever_its_address(
    client: Client, issuer: Issuer, olga: Agent
):
    sign_in(client, issuer)
    issuer.person = {"sub": "olga-1", "email": "new@elsewhere.example", "email_verified": False}
    other = Client()

    sign_in(other, issuer)

    assert is_in(other)
    assert other.session["_auth_user_id"] == str(olga.user_id)


def test_an_address_given_to_somebody_else_does_not_open_the_old_account(
    client: Client, issuer: Issuer, olga: Agent
):
    sign_in(client, issuer)
    issuer.person["sub"] = "somebody-new"
    other = Client()

    assert "another account of the same service" in sign_in(other, issuer).content.decode()
    assert not is_in(other)


def test_what_only_the_page_about_a_user_says_is_asked_there(client: Client, issuer: Issuer, olga: Agent):
    issuer.person = {"sub": "olga-1"}
    issuer.about = {"sub": "olga-1", "email": "Olga@Fennel.example", "email_verified": True}

    sign_in(client, issuer)

    assert is_in(client)


def test_a_page_about_another_user_lets_nobody_in(client: Client, issuer: Issuer, olga: Agent):
    issuer.person = {"sub": "mallory-1"}
    issuer.about = {"sub": "olga-1", "email": "olga@fennel.example", "email_verified": True}

    assert sign_in(client, issuer).status_code == 403


def test_who_is_not_invited_is_told_so_and_gets_no_account(client: Client, issuer: Issuer, olga: Agent):
    issuer.person = {"sub": "ann-1", "email": "ann@fennel.example", "email_verified": True}

    response = sign_in(client, issuer)

    assert response.status_code == 403
    assert "invite you" in response.content.decode()
    assert User.objects.known_as("ann@fennel.example") is None


def test_everybody_joins_where_the_owner_wants_so_and_proves_no_address(
    client: Client, issuer: Issuer, olga: Agent
):
    with wall.inside(olga.workspace_id):
        Provider.objects.update(lets_join=True)
    issuer.person = {
        "sub": "ann-1",
        "email": "ann@fennel.example",
        "email_verified": True,
        "name": "Ann Lee\0",
    }

    sign_in(client, issuer)

    ann = User.objects.get(email="ann@fennel.example")
    assert (ann.name, ann.proven_at, ann.has_usable_password()) == ("Ann Lee", None, False)
    assert client.get("/fennel/settings/you/").status_code == 200
    with wall.inside(olga.workspace_id):
        assert Agent.objects.get(user=ann).role == "agent"


def test_a_colleague_who_left_does_not_come_back_by_it(client: Client, issuer: Issuer, olga: Agent):
    sign_in(client, issuer)
    with wall.inside(olga.workspace_id):
        Provider.objects.update(lets_join=True)
        make_agent(olga.workspace, role="owner")
        olga.deactivate(by=olga)
    wall.leave()
    other = Client()

    assert sign_in(other, issuer).status_code == 403
    assert not is_in(other)


def test_a_new_key_is_fetched_and_an_unknown_one_is_not_asked_for_forever(
    client: Client, issuer: Issuer, olga: Agent
):
    sign_in(client, issuer)
    issuer.rotate()
    other = Client()

    assert sign_in(other, issuer).status_code == 302
    before = issuer.asked.count("/keys")
    issuer.rotate()
    assert [sign_in(Client(), issuer).status_code for _each in range(3)] == [403, 403, 403]
    assert issuer.asked.count("/keys") == before


@pytest.mark.parametrize("fault", [500, 503, 404])
def test_a_provider_that_is_down_is_told_in_words(client: Client, issuer: Issuer, olga: Agent, fault: int):
    issuer.fault = fault

    response = client.get("/accounts/oidc/fennel/")

    assert response.status_code == 502
    assert "did not answer" in response.content.decode()


def test_a_provider_that_fails_half_way_lets_nobody_in(client: Client, issuer: Issuer, olga: Agent):
    answer = issuer.authorize(begin(client))
    issuer.fault = 503

    assert client.get(answer).status_code == 502
    assert not is_in(client)


def test_a_provider_that_names_itself_differently_is_not_asked(client: Client, issuer: Issuer, olga: Agent):
    issuer.described = {"issuer": "https://evil.example"}

    assert client.get("/accounts/oidc/fennel/").status_code == 502


def test_an_address_inside_is_not_asked(client: Client, issuer: Issuer, olga: Agent, settings: Settings):
    settings.HARKEN_ALLOW_INTERNAL = False

    assert client.get("/accounts/oidc/fennel/").status_code == 502
    assert issuer.asked == []


@pytest.mark.parametrize("slug", ["never-was", "thistle", "off"])
def test_no_workspace_and_none_with_a_provider_look_the_same(
    client: Client, issuer: Issuer, olga: Agent, slug: str
):
    make_workspace(slug="thistle")
    provide(make_workspace(slug="off"), issuer, is_on=False)
    wall.leave()

    assert client.get(f"/accounts/oidc/{slug}/").status_code == 404


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

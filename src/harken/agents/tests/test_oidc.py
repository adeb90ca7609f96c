import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from harken.agents.factories import make_agent
from harken.agents.models import Agent, Provider, ProviderAccount, User
from harken.agents.tests.by_provider import HERE, begin, is_in, provide, sign_in
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.oidc import Issuer

pytestmark = pytest.mark.django_db


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
        {"sub": "ann\ud800"},
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
    "email",
    [
        "",
        None,
        "olga",
        "olga@fennel.example\n",
        "a\0@b.example",
        "\ud800@b.example",
        5,
        ["olga@fennel.example"],
    ],
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
        "name": "Ann Lee\0\ud800",
    }

    sign_in(client, issuer)

    ann = User.objects.get(email="ann@fennel.example")
    assert (ann.name, ann.proven_at, ann.has_usable_password()) == ("Ann Lee?", None, False)
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

import json
import re
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from harken.agents import links
from harken.agents.admission import admit
from harken.agents.factories import make_agent, make_user
from harken.agents.models import Agent, Session, User
from harken.agents.second_factor.reset import reset
from harken.agents.tests.conftest import Post, path_of
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = "/accounts/login/second-step/"
APP = "/accounts/security/app/"
CODES = "/accounts/security/codes/"


@pytest.fixture(autouse=True)
def no_limits_left_over() -> None:
    cache.clear()


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    """Do what waits for a commit, which a test never makes."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def olga() -> Agent:
    """Olga, who has an authenticator app and recovery codes."""
    agent = make_agent(email="olga@fennel.example")
    TOTP.activate(agent.user, SECRET)
    RecoveryCodes.activate(agent.user)
    return agent


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def wrong_code() -> str:
    return next(
        f"{number:06}"
        for number in range(10)
        if f"{number:06}" not in {code_now(steps=step) for step in range(-2, 3)}
    )


def is_in(client: Client, agent: Agent) -> bool:
    return client.get(agent.workspace.path).status_code in {200, 302} and "_auth_user_id" in client.session


def begin(client: Client, agent: Agent) -> Any:
    return client.post(path_of(links.sign_in_link(agent.user)), {"next": agent.workspace.path})


def test_a_link_alone_opens_nothing_when_there_is_a_second_key(client: Client, olga: Agent):
    response = begin(client, olga)

    assert response["Location"] == STEP
    assert "_auth_user_id" not in client.session
    assert client.get(olga.workspace.path)["Location"].startswith("/accounts/login/")


def test_the_code_of_the_app_completes_a_sign_in_by_link(client: Client, olga: Agent):
    begin(client, olga)

    response = client.post(STEP, {"code": code_now()})

    assert response["Location"] == olga.workspace.path
    assert is_in(client, olga)


def test_the_code_completes_a_sign_in_by_password(client: Client):
    agent = make_agent(user=make_user("olga@fennel.example", password="a long password"))
    TOTP.activate(agent.user, SECRET)

    step = client.post("/accounts/login/password/", {"login": agent.email, "password": "a long password"})
    client.post(STEP, {"code": code_now()})

    assert step["Location"] == STEP
    assert is_in(client, agent)


def test_a_code_fits_once(client: Client, olga: Agent):
    code = code_now()
    begin(client, olga)
    client.post(STEP, {"code": code})
    other = Client()
    begin(other, olga)

    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        again = other.post(STEP, {"code": f"{code[:3]} {code[3:]}"})

    assert again.status_code == 422
    assert not is_in(other, olga)


@pytest.mark.parametrize("steps", [-1, 1])
def test_clocks_may_differ_by_half_a_minute(client: Client, olga: Agent, steps: int):
    begin(client, olga)
    client.post(STEP, {"code": code_now(steps=steps)})

    assert is_in(client, olga)


def test_a_recovery_code_fits_once(client: Client, olga: Agent):
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    begin(client, olga)
    client.post(STEP, {"code": codes[0]})
    other = Client()
    begin(other, olga)

    refused = other.post(STEP, {"code": codes[0]})

    assert is_in(client, olga)
    assert refused.status_code == 422
    assert Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes() == codes[1:]


@pytest.mark.parametrize("code", ["", " ", "x", "１２３４５６", "\0", "1" * 10_000, "-1", "١٢٣٤٥٦"])
def test_what_is_no_code_is_refused_with_words(client: Client, olga: Agent, code: str):
    begin(client, olga)

    response = client.post(STEP, {"code": code})

    assert response.status_code == 422
    assert b'class="err"' in response.content


def test_guesses_come_to_an_end_whoever_makes_them(client: Client, olga: Agent):
    wrong = wrong_code()
    for _guess in range(5):
        other = Client()
        begin(other, olga)
        assert "did not fit" in other.post(STEP, {"code": wrong}).content.decode()
    begin(client, olga)

    told = client.post(STEP, {"code": code_now()})

    assert told.status_code == 422
    assert "tried too often" in told.content.decode()
    assert not is_in(client, olga)


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "null", "x", "1", '{"response": []}', '{"response": {"userHandle": "AA"}}', "{" * 2000]
    + [json.dumps({"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": handle}})
       for handle in ("", "MQ", "////", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", 5, None)],
)  # fmt: skip
def test_what_is_no_passkey_opens_nothing(client: Client, olga: Agent, credential: str):
    client.get("/accounts/login/passkey/")

    response = client.post("/accounts/login/passkey/", {"credential": credential})

    assert response.status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_passkey_is_asked_for_under_the_name_of_our_own_setting(client: Client, settings: Any):
    settings.HARKEN_URL = "https://desk.fennel.example"

    options = client.get("/accounts/login/passkey/", headers={"Host": "evil.example"}).json()[
        "request_options"
    ]

    assert options["publicKey"]["rpId"] == "desk.fennel.example"
    assert options["publicKey"]["userVerification"] == "required"


def test_an_app_is_set_up_with_codes_and_told_by_mail(client: Client, post: Post, committed: Any):
    agent = make_agent(email="olga@fennel.example")
    begin(client, agent)
    page = client.get(APP).content.decode()
    (secret,) = set(re.findall(r"<code[^>]*>([A-Z2-7]{32})</code>", page))

    refused = client.post(APP, {"code": "000000" if code_now(secret) != "000000" else "111111"})
    with committed(execute=True):
        done = client.post(APP, {"code": code_now(secret)})
    shown = client.get(CODES)
    post()

    assert refused.status_code == 422
    assert secret in refused.content.decode(), "the key that was read stays the key"
    assert done["Location"] == CODES
    assert len(set(re.findall(r"<code>(\d{10})</code>", shown.content.decode()))) == 10
    assert client.get(f"{CODES}recovery-codes.txt").content.count(b"\n") == 10
    assert "no-store" in shown["Cache-Control"]
    assert [letter.to for letter in mail.outbox] == [["olga@fennel.example"]]
    assert secret not in str(Authenticator.objects.get(type="totp").data), "it lies sealed"


def test_keys_are_changed_only_by_whoever_shows_one_again(client: Client, olga: Agent):
    client.force_login(olga.user)

    for page in (f"{APP}removal/", CODES, f"{CODES}new/", "/accounts/security/passkeys/new/"):
        assert "/accounts/security/again/code/" in client.get(page)["Location"], page
    client.post("/accounts/security/again/code/?next=/accounts/security/app/removal/", {"code": code_now()})
    client.post(f"{APP}removal/")

    assert not Authenticator.objects.exists(), "codes without a key they stand in for are gone, too"


def test_a_stranger_removes_nobodys_passkey(client: Client, olga: Agent):
    row = Authenticator.objects.create(
        user=olga.user, type="webauthn", data={"name": "Laptop", "credential": {}}
    )
    mallory = make_agent()
    begin(client, mallory)

    assert client.post(f"/accounts/security/passkeys/{row.pk}/removal/").status_code == 404
    assert Authenticator.objects.filter(pk=row.pk).exists()


def test_whoever_was_in_an_unproven_account_leaves_no_key_behind():
    user = make_user("ann@fennel.example", proven_at=None)
    TOTP.activate(user, SECRET)

    user.prove_address()

    assert not Authenticator.objects.exists()


def required(agent: Agent) -> None:
    Workspace.objects.filter(pk=agent.workspace_id).update(requires_second_factor=True)


def test_a_workspace_that_asks_for_two_keys_leads_to_the_second_one_first(client: Client, committed: Any):
    agent = make_agent(email="olga@fennel.example")
    begin(client, agent)
    required(agent)
    inside = f"{agent.workspace.path}settings/you/"

    led = client.get(inside)
    page = client.get(led["Location"])
    fragment = client.get(inside, headers={"HX-Request": "true"})

    assert led["Location"] == f"/accounts/security/first/?next={inside.replace('/', '%2F')}"
    assert b"asks for a second key" in page.content
    assert fragment["HX-Redirect"].startswith("/accounts/security/first/")
    assert client.post(inside, {"name": "X"}).status_code == 302
    assert User.objects.get().name == "Olga Petrova"
    assert not admit(str(client.session.session_key)).workspace_ids, "no live updates either"
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})</code>", client.get(APP).content.decode())[1]
    with committed(execute=True):
        client.post(APP, {"code": code_now(secret)})
    assert client.get(inside).status_code == 200
    assert admit(str(client.session.session_key)).workspace_ids == (agent.workspace_id,)


def test_who_has_a_second_key_but_did_not_show_it_shows_it(client: Client, olga: Agent):
    client.force_login(olga.user)
    required(olga)
    inside = f"{olga.workspace.path}settings/you/"

    led = client.get(client.get(inside)["Location"])
    client.post(led["Location"], {"code": code_now()})

    assert led["Location"].startswith("/accounts/security/again/code/?next=")
    assert client.get(inside).status_code == 200


def test_the_rule_is_asked_again_when_the_key_is_gone(client: Client, olga: Agent):
    begin(client, olga)
    client.post(STEP, {"code": code_now()})
    required(olga)
    assert client.get(f"{olga.workspace.path}settings/you/").status_code == 200

    olga.user.forget_second_factors()

    assert client.get(f"{olga.workspace.path}settings/you/").status_code == 302


def test_a_reset_takes_every_key_and_session(client: Client, olga: Agent, post: Post):
    begin(client, olga)
    client.post(STEP, {"code": code_now()})

    reset(olga.user)
    post()

    assert not Authenticator.objects.exists()
    assert client.get(olga.workspace.path)["Location"].startswith("/accounts/login/")
    assert "removed passkeys" in str(mail.outbox[-1].body)
    assert begin(Client(), olga)["Location"] == olga.workspace.path


def browsers(client: Client, agent: Agent) -> str:
    return client.get(f"{agent.workspace.path}settings/security/").content.decode()


def test_the_others_are_signed_out_at_once_and_open_pages_too(client: Client):
    agent = make_agent(email="olga@fennel.example")
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone; CPU) AppleWebKit Version/17.0 Safari/604.1"})
    for each in (client, phone):
        begin(each, agent)
    stranger = Client()
    begin(stranger, make_agent())
    assert "Safari, iPhone" in browsers(client, agent)
    assert admit(str(phone.session.session_key))

    client.post(f"{agent.workspace.path}settings/security/departures/")

    assert admit(str(phone.session.session_key)) is None
    assert phone.get(agent.workspace.path)["Location"].startswith("/accounts/login/")
    assert client.get(f"{agent.workspace.path}settings/security/").status_code == 200
    assert Session.objects.of(agent.user.pk).count() == 1
    assert "_auth_user_id" in stranger.session


def test_a_new_password_leaves_one_session(client: Client):
    agent = make_agent(user=make_user("olga@fennel.example", password="a long password"))
    for each in (client, Client()):
        each.force_login(agent.user)

    client.post(
        "/accounts/password/change/", {"oldpassword": "a long password", "password1": "another long one"}
    )

    assert Session.objects.of(agent.user.pk).count() == 1
    assert client.get(f"{agent.workspace.path}settings/security/").status_code == 200


def test_a_browser_is_seen_from_time_to_time_and_not_with_every_page(client: Client):
    agent = make_agent()
    client.force_login(agent.user)
    client.get(agent.workspace.path)
    before = Session.objects.get(user_id=agent.user.pk).seen_at

    client.get(agent.workspace.path)
    assert Session.objects.get(user_id=agent.user.pk).seen_at == before
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        client.get(agent.workspace.path, headers={"User-Agent": "Firefox/130 Linux"})

    session = Session.objects.get(user_id=agent.user.pk)
    assert session.seen_at > before
    assert (session.device, session.address) == ("Firefox/130 Linux", "127.0.0.1")

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from pytest_django import Settings

from harken.agents import links
from harken.agents.factories import make_agent, make_user
from harken.agents.models import OneTimeLink, User
from harken.agents.tests.conftest import Post, path_of

pytestmark = pytest.mark.django_db

OLD, NEW = "nine lives of a cat", "ten lives of a cat"


@pytest.fixture
def olga(post: Post) -> User:
    return make_user("olga@fennel.example", password=OLD)


def _sign_in(client: Client, password: str = OLD, email: str = "olga@fennel.example", **fields: str):
    return client.post("/accounts/login/password/", {"login": email, "password": password} | fields)


def _page(response: HttpResponse) -> str:
    # The proof of origin in a form is another one in every answer.
    return re.sub(r'value="\w{64}"', "", response.content.decode())


def _is_in(client: Client) -> bool:
    return client.get("/accounts/workspaces/").status_code == 200


def _ask_for_reset(client: Client, post: Post) -> str:
    client.post("/accounts/password/reset/", {"email": "Olga@Fennel.example"})
    return post()[-1]


def test_a_password_signs_in(client: Client, olga: User):
    agent = make_agent(user=olga)

    assert _sign_in(client, email=" Olga@Fennel.example").headers["Location"] == "/"
    assert client.get("/").headers["Location"] == agent.workspace.path


def test_signing_in_goes_on_to_where_one_wanted(client: Client, olga: User):
    assert _sign_in(client, next="/fennel/inbox/").headers["Location"] == "/fennel/inbox/"
    client.post("/accounts/logout/")
    assert _sign_in(client, next="//evil.example").headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client: Client, olga: User):
    wrong = _sign_in(client, "wrong")
    unknown = _sign_in(client, "wrong", "mall@fennel.example")

    assert wrong.status_code == unknown.status_code
    assert _page(wrong).replace("olga@", "mall@") == _page(unknown)
    assert not _is_in(client)


def test_guessing_is_stopped_whatever_the_host_header_says(client: Client, olga: User):
    for number in range(5):
        fields = {"login": "olga@fennel.example", "password": "guess"}
        client.post("/accounts/login/password/", fields, headers={"host": f"host{number}.example"})

    response = _sign_in(client)

    assert b"tried too often" in response.content
    assert not _is_in(client)


def test_a_password_signs_in_only_with_a_form_of_ours(olga: User):
    assert _sign_in(Client(enforce_csrf_checks=True)).status_code == 403


def test_signing_out_needs_a_press_of_the_button(client: Client, olga: User):
    _sign_in(client)

    client.get("/accounts/logout/")
    assert _is_in(client)

    client.post("/accounts/logout/")
    assert not _is_in(client)


def test_a_new_password_ends_all_other_sessions_and_open_links(client: Client, olga: User, post: Post):
    elsewhere = Client()
    elsewhere.force_login(olga)
    link = path_of(links.sign_in_link(olga))
    _sign_in(client)
    before = client.session.session_key

    response = client.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW})

    assert client.get(response.headers["Location"]).status_code == 200
    assert client.session.session_key != before
    assert not _is_in(elsewhere)
    assert Client().post(link).status_code == 404


def test_a_new_password_is_told_to_its_owner(client: Client, olga: User, post: Post):
    _sign_in(client)

    client.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW})
    post()

    assert [letter.to for letter in mail.outbox] == [["olga@fennel.example"]]
    assert NEW not in mail.outbox[0].body


@pytest.mark.parametrize(
    ("now", "new"), [("wrong", NEW), (OLD, "short"), (OLD, "password123"), (OLD, ""), (OLD, "\x00" * 12)]
)
def test_a_new_password_needs_the_old_one_and_some_strength(client: Client, olga: User, now: str, new: str):
    _sign_in(client)

    client.post("/accounts/password/change/", {"oldpassword": now, "password1": new})

    olga.refresh_from_db()
    assert olga.check_password(OLD)


def test_who_signs_in_by_link_can_set_a_password(client: Client, post: Post):
    user = make_user()
    client.force_login(user)

    assert client.get("/accounts/password/change/").headers["Location"] == "/accounts/password/set/"
    client.post("/accounts/password/set/", {"password1": NEW})

    user.refresh_from_db()
    assert user.check_password(NEW)
    assert _is_in(client)


def test_a_forgotten_password_is_set_anew_by_mail(client: Client, olga: User, post: Post):
    elsewhere = Client()
    elsewhere.force_login(olga)
    link = _ask_for_reset(client, post)

    form = client.get(link, follow=True)
    response = client.post(form.redirect_chain[-1][0], {"password1": NEW})

    assert response.headers["Location"] == "/"
    assert _is_in(client)
    assert not _is_in(elsewhere)
    assert _sign_in(Client(), NEW).status_code == 302


def test_opening_the_reset_link_leaves_it_good(client: Client, olga: User, post: Post):
    link = _ask_for_reset(client, post)

    for _ in range(3):
        assert b"Set a new password" in Client().get(link, follow=True).content


def test_a_used_reset_link_says_so(client: Client, olga: User, post: Post):
    link = _ask_for_reset(client, post)
    client.post(client.get(link).headers["Location"], {"password1": NEW})

    for again in (Client().get(link), Client().post(link, {"password1": "mallory was here"})):
        assert again.status_code == 410
        assert b"used up or too old" in again.content
    assert _sign_in(Client(), NEW).status_code == 302


def test_an_old_reset_link_says_so(client: Client, olga: User, post: Post):
    link = _ask_for_reset(client, post)

    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        assert client.get(link).status_code == 410


def test_the_reset_link_of_one_does_not_reset_another(client: Client, olga: User, post: Post):
    mallory = make_user("mallory@thistle.example", password=OLD)
    link = _ask_for_reset(client, post)
    uid, key = link.split("/")[-2].split("-", 1)

    moved = link.replace(f"{uid}-{key}", f"{user_pk_to_url_str(mallory)}-{key}")

    assert client.get(moved).status_code == 410


@pytest.mark.parametrize("key", ["x", "1-x", "zzzzzzzzzzzzzzzzzzzz-x-y", "1-%00", "1-set-password", "0-%20"])
def test_a_guessed_reset_link_changes_nothing(client: Client, olga: User, key: str):
    response = client.post(f"/accounts/password/reset/key/{key}/", {"password1": NEW})

    assert response.status_code in (404, 410)
    olga.refresh_from_db()
    assert olga.check_password(OLD)


def test_asking_for_a_reset_tells_nobody_who_is_here(client: Client, olga: User, post: Post):
    known = client.post("/accounts/password/reset/", {"email": "olga@fennel.example"})
    unknown = client.post("/accounts/password/reset/", {"email": "mall@fennel.example"})
    post()

    assert known.headers["Location"] == unknown.headers["Location"]
    assert [letter.to for letter in mail.outbox] == [["olga@fennel.example"]]


def test_without_a_relay_nobody_asks_for_a_reset_in_vain(client: Client, olga: User, settings: Settings):
    settings.HARKEN_RELAY = None

    assert b"harken agent link" in client.get("/accounts/password/reset/").content


def test_asking_for_resets_is_limited(client: Client, olga: User):
    answers = [
        client.post("/accounts/password/reset/", {"email": "a@b.example"}).status_code for _ in range(6)
    ]

    assert answers == [302] * 5 + [429]


def test_a_reset_by_mail_proves_the_address(client: Client, post: Post):
    user = make_user("olga@fennel.example", proven_at=None)
    link = _ask_for_reset(client, post)

    client.post(client.get(link).headers["Location"], {"password1": NEW})
    client.post("/accounts/logout/")
    Client().post(path_of(links.sign_in_link(user)))

    assert _sign_in(client, NEW).status_code == 302


@pytest.mark.parametrize(
    "address", ["signup", "email", "confirm-email", "reauthenticate", "login/code", "inactive"]
)
def test_what_allauth_also_offers_is_closed(client: Client, olga: User, address: str):
    assert client.get(f"/accounts/{address}/").status_code == 404
    client.force_login(olga)
    assert client.get(f"/accounts/{address}/").status_code == 404


def test_there_is_no_sign_up():
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_answers_are_pages_even_for_a_script(client: Client, olga: User):
    response = client.get("/accounts/login/password/", headers={"x-requested-with": "XMLHttpRequest"})

    assert response.headers["Content-Type"].startswith("text/html")


def test_no_link_is_kept_in_the_open(client: Client, olga: User, post: Post):
    client.post("/accounts/login/", {"email": "olga@fennel.example"})
    (link,) = post()

    assert link.split("/")[-2] not in str(list(OneTimeLink.objects.values_list()))

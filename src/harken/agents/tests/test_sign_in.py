import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from harken.agents import links
from harken.agents.factories import make_agent, make_user
from harken.agents.models import OneTimeLink
from harken.agents.next_page import is_ours
from harken.agents.tests.conftest import Post, path_of
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

EVIL = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https://evil.example",
    "http:///evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\x00/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "//evil.example\\@testserver",
    "http://testserver/",
    "",
]


def _ask(client: Client, email: str, **fields: str):
    return client.post("/accounts/login/", {"email": email} | fields)


def test_a_mailed_link_signs_in(client: Client, post: Post):
    agent = make_agent(email="olga@fennel.example")

    _ask(client, "Olga@Fennel.example ")
    (link,) = post()
    response = client.post(link)

    assert response.headers["Location"] == "/"
    assert client.get("/").headers["Location"] == agent.workspace.path


def test_opening_the_mailed_link_signs_nobody_in_and_leaves_it_good(client: Client, post: Post):
    make_agent(email="olga@fennel.example")
    _ask(client, "olga@fennel.example")
    (link,) = post()

    for _ in range(3):
        assert b"Sign in as Olga Petrova" in client.get(link).content

    assert "_auth_user_id" not in client.session
    assert client.post(link).status_code == 302


def test_the_second_press_is_told_that_the_link_was_used(client: Client, post: Post):
    make_agent(email="olga@fennel.example")
    _ask(client, "olga@fennel.example")
    (link,) = post()
    client.post(link)

    again = Client().post(link)

    assert again.status_code == 410
    assert b"has been used" in again.content


def test_an_old_link_is_told_so(client: Client):
    link = path_of(links.sign_in_link(make_user()))

    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        response = client.post(link)

    assert response.status_code == 410
    assert b"too old" in response.content
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("secret", ["x", "x" * 43, "%00" * 43, "%20", "x" * 3000, "%F0%9F%90%88"])
@pytest.mark.parametrize("door", ["accounts/link", "accounts/invitation", "welcome"])
def test_a_guessed_link_is_not_known(client: Client, door: str, secret: str):
    assert client.get(f"/{door}/{secret}/").status_code == 404
    assert client.post(f"/{door}/{secret}/", {"name": "x"}).status_code == 404


def test_known_and_unknown_addresses_get_the_same_answer(client: Client, post: Post):
    make_agent(email="olga@fennel.example")

    known = _ask(client, "olga@fennel.example")
    unknown = _ask(client, "mall@fennel.example")
    post()

    assert known.status_code == unknown.status_code == 200
    assert known.content.replace(b"olga@", b"mall@") == unknown.content
    assert [letter.to for letter in mail.outbox] == [["olga@fennel.example"]]


def test_the_request_itself_looks_up_no_account(client: Client, post: Post):
    make_agent(email="olga@fennel.example")

    with CaptureQueriesContext(connection) as captured:
        _ask(client, "olga@fennel.example")

    assert not [query["sql"] for query in captured if '"agents_user"' in query["sql"]]


def test_without_a_relay_nobody_waits_for_a_letter(client: Client, settings):
    settings.HARKEN_RELAY = None

    assert b"harken agent link" in _ask(client, "olga@fennel.example").content


@pytest.mark.parametrize(
    "email", ["", " ", "olga", "olga@", "a\x00b@fennel.example", "x" * 300 + "@fennel.example"]
)
def test_what_is_no_address_is_refused_with_words(client: Client, post: Post, email: str):
    make_workspace()
    response = _ask(client, email)

    assert response.status_code == 422
    assert b'aria-invalid="true"' in response.content


def test_too_many_letters_to_one_address_are_refused(client: Client, post: Post):
    answers = [_ask(client, "olga@fennel.example").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_the_host_header_changes_neither_limit_nor_link(client: Client, post: Post):
    make_agent(email="olga@fennel.example")
    for number in range(5):
        client.post(
            "/accounts/login/", {"email": "olga@fennel.example"}, headers={"host": f"evil{number}.example"}
        )

    assert _ask(client, "olga@fennel.example").status_code == 429
    post()
    assert all("https://desk.fennel.example/" in str(letter.body) for letter in mail.outbox)
    assert not any("evil" in str(letter.message()) for letter in mail.outbox)


def test_the_letter_says_that_no_human_wrote_it_and_has_two_forms(client: Client, post: Post):
    make_agent(email="olga@fennel.example")
    _ask(client, "olga@fennel.example")
    (link,) = post()

    letter: Any = mail.outbox[0]

    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert letter.message()["Message-ID"].endswith("@desk.fennel.example>")
    assert f'href="https://desk.fennel.example{link}"' in str(letter.alternatives[0][0])


def test_the_way_back_survives_the_letter(client: Client, post: Post):
    agent = make_agent(email="olga@fennel.example")
    back = f"/{agent.workspace.slug}/tickets/2026112200004817/?a=1&b=ä"

    _ask(client, "olga@fennel.example", next=back)
    (link,) = post()

    assert client.post(link).headers["Location"] == back.replace("ä", "%C3%A4")


@pytest.mark.parametrize("address", EVIL)
def test_only_paths_of_ours_are_gone_to(address: str):
    assert not is_ours(address)


@pytest.mark.parametrize("address", EVIL)
def test_nobody_is_led_away_after_signing_in(client: Client, address: str):
    secret = path_of(links.sign_in_link(make_user()))

    response = client.post(f"{secret}?next={quote(address)}", {"next": address})

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("address", EVIL)
def test_somebody_signed_in_is_not_led_away_either(client: Client, address: str):
    client.force_login(make_user())

    assert client.get("/accounts/login/", {"next": address}).headers["Location"] == "/"
    assert client.get("/accounts/login/password/", {"next": address}).headers["Location"] == "/"


def test_signing_in_changes_the_session(client: Client):
    client.force_login(make_user())
    before = client.session.session_key

    client.post(path_of(links.sign_in_link(make_user())))

    assert client.session.session_key != before


def test_a_form_from_another_site_signs_nobody_in():
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(path_of(links.sign_in_link(make_user()))).status_code == 403
    assert strict.post("/accounts/login/", {"email": "olga@fennel.example"}).status_code == 403


def test_the_first_link_that_is_read_shuts_out_whoever_was_only_shown_an_invitation(client: Client):
    user = make_user(password="set by mallory", proven_at=None)
    client.force_login(user)

    owner = Client()
    owner.post(path_of(links.sign_in_link(user)))

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert client.get("/accounts/workspaces/").status_code == 302
    assert owner.get("/accounts/workspaces/").status_code == 200


def test_later_links_leave_the_password_alone(client: Client):
    user = make_user(password="nine lives of a cat")

    client.post(path_of(links.sign_in_link(user)))

    user.refresh_from_db()
    assert user.check_password("nine lives of a cat")


def test_before_the_first_start_the_sign_in_page_says_where_the_link_is(client: Client):
    assert b"not open yet" in client.get("/accounts/login/").content


def test_a_lone_workspace_greets_by_name_and_several_tell_a_stranger_nothing(client: Client):
    make_workspace(name="Fennel Flowers")
    assert b"Fennel Flowers" in client.get("/accounts/login/").content

    make_workspace(name="Thistle")
    page = client.get("/accounts/login/").content
    assert b"Fennel" not in page
    assert b"Thistle" not in page


@pytest.mark.parametrize(
    "page", ["/accounts/login/", "/accounts/login/password/", "/accounts/password/reset/"]
)
def test_no_page_of_the_door_has_an_inline_script_or_style(client: Client, page: str):
    make_workspace()

    content = client.get(page).content.decode()

    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", content)


def test_a_link_of_a_user_that_is_gone_is_unknown(client: Client):
    user = make_user()
    link = path_of(links.sign_in_link(user))

    user.delete()

    assert client.post(link).status_code == 404
    assert not OneTimeLink.objects.exists()

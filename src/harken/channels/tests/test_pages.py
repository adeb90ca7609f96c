import pytest
from django.test import Client

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.channels.models import Channel, Mailbox
from harken.channels.tests.letters import arrive, letter
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.ports import free_port

pytestmark = pytest.mark.django_db

NOTHING_LISTENS = {
    "imap_host": "127.0.0.1",
    "imap_security": "none",
    "imap_user": "help",
    "imap_password": "secret-1",
}


@pytest.fixture
def workspace():
    return make_workspace(slug="fennel")


def signed_in(agent):
    client = Client()
    client.force_login(agent.user)
    return client


@pytest.fixture
def owner(workspace):
    return signed_in(make_agent(workspace, role="owner"))


def form(**changes):
    fields = {
        "address": "help@fennel.example",
        "from_name": "Fennel",
        "imap_port": 993,
        "imap_security": "tls",
        "imap_folder": "INBOX",
        "take_from": "2026-11-22",
        "handled": "flag",
        "smtp_port": 587,
        "smtp_security": "starttls",
        "heartbeat_minutes": 30,
    }
    return fields | changes


def only_mailbox(workspace):
    with wall.inside(workspace.pk):
        return Mailbox.objects.select_related("channel").get()


def test_a_mailbox_without_servers_is_for_forwarded_mail(owner, workspace):
    answer = owner.post("/fennel/settings/channels/new/", form())

    assert answer.status_code == 302
    assert only_mailbox(workspace).channel.address == "help@fennel.example"
    page = owner.get("/fennel/settings/channels/").text
    assert "help@fennel.example" in page
    assert "Not connected yet" in page


def test_how_letters_leave_is_set_with_the_mailbox(owner, workspace):
    owner.post(
        "/fennel/settings/channels/new/", form(smtp_per_minute=30, most_megabytes=5, is_plain_text="on")
    )

    mailbox = only_mailbox(workspace)
    assert (mailbox.smtp_per_minute, mailbox.most_megabytes, mailbox.is_plain_text) == (30, 5, True)


def test_a_server_that_is_not_there_is_said_before_anything_is_saved(owner, workspace):
    answer = owner.post("/fennel/settings/channels/new/", form(**NOTHING_LISTENS, imap_port=free_port()))

    assert answer.status_code == 422
    assert "127.0.0.1" in answer.text
    assert "Save all the same" in answer.text
    with wall.inside(workspace.pk):
        assert not Channel.objects.exists()


def test_it_can_be_saved_all_the_same_and_is_checked_again_later(owner, workspace):
    server = NOTHING_LISTENS | {"imap_port": free_port()}
    owner.post("/fennel/settings/channels/new/", form(**server, unchecked="yes"))
    channel = only_mailbox(workspace).channel

    owner.post(f"/fennel/settings/channels/{channel.pk}/check/")

    page = owner.get("/fennel/settings/channels/").text
    assert "Stopped" in page
    assert "127.0.0.1" in page


def test_a_password_is_sealed_never_shown_and_kept_when_left_empty(owner, workspace):
    server = NOTHING_LISTENS | {"imap_port": free_port(), "unchecked": "yes"}
    owner.post("/fennel/settings/channels/new/", form(**server))
    channel_id = only_mailbox(workspace).channel_id

    page = owner.get(f"/fennel/settings/channels/{channel_id}/").text
    owner.post(
        f"/fennel/settings/channels/{channel_id}/", form(**server | {"imap_password": "", "from_name": "F"})
    )

    assert "secret-1" not in page
    mailbox = only_mailbox(workspace)
    assert (mailbox.imap_password, mailbox.from_name) == ("secret-1", "F")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": "nobody"}, "not a mail address. Nothing was changed"),
        ({"address": ""}, "This is empty. Nothing was changed"),
        ({"imap_port": 99999}, "65535"),
        ({"imap_port": "x"}, "no whole number. Nothing was changed"),
        ({"imap_host": "mail.example", "imap_user": ""}, "who signs in"),
        (
            {"imap_host": "mail.example", "imap_user": "help", "imap_security": "none"},
            "could be read on its way",
        ),
        ({"take_from": "yesterday"}, "This is no day. Nothing was changed"),
        ({"take_from": "2999-01-01"}, "lies ahead"),
        ({"handled": "eat"}, "cannot be chosen any more. Nothing was changed"),
    ],
)
def test_every_mistake_in_the_form_is_named(owner, workspace, changes, words):
    answer = owner.post("/fennel/settings/channels/new/", form(**changes))

    assert answer.status_code == 422
    assert words in answer.text


def test_an_address_leads_to_one_workspace_only(owner, workspace):
    make_channel(make_workspace(), address="help@fennel.example")

    answer = owner.post("/fennel/settings/channels/new/", form())

    assert answer.status_code == 422
    assert "already belongs" in answer.text


def test_a_mailbox_can_be_put_out_of_use_and_back(owner, workspace):
    owner.post("/fennel/settings/channels/new/", form())
    channel_id = only_mailbox(workspace).channel_id

    owner.post(f"/fennel/settings/channels/{channel_id}/activity/", {"active": "no"})

    assert "Not used" in owner.get("/fennel/settings/channels/").text
    owner.post(f"/fennel/settings/channels/{channel_id}/activity/", {"active": "yes"})
    assert "Not used" not in owner.get("/fennel/settings/channels/").text


def test_passwords_stay_with_the_owner(workspace):
    channel = make_channel(workspace)
    olga = signed_in(make_agent(workspace))

    assert olga.get("/fennel/settings/channels/").status_code == 200
    for path in ("new/", f"{channel.pk}/"):
        assert olga.get(f"/fennel/settings/channels/{path}").status_code == 404
        assert olga.post(f"/fennel/settings/channels/{path}", form()).status_code == 404
    for path in ("check/", "activity/"):
        assert olga.post(f"/fennel/settings/channels/{channel.pk}/{path}").status_code == 404


def test_an_owner_of_another_workspace_finds_nothing(workspace):
    channel = make_channel(workspace)
    held = arrive(letter(), to=["help@fennel.example"])
    make_workspace(slug="acme")
    mallory = signed_in(make_agent(role="owner"))

    for address in ("settings/channels/", f"settings/channels/{channel.pk}/", f"ledger/{held.pk}/letter.eml"):
        assert mallory.get(f"/fennel/{address}").status_code == 404


def test_a_held_letter_is_named_and_can_be_downloaded(owner, workspace, monkeypatch):
    assert "waits for a person" not in owner.get("/fennel/settings/channels/").text
    wall.enter(workspace.pk)
    raw = letter("<script>alert(1)</script>")
    make_channel(workspace)
    monkeypatch.setattr("harken.channels.arriving.receive.MOST_ATTEMPTS", 0)
    held = arrive(raw)

    page = owner.get("/fennel/held/")
    download = owner.get(f"/fennel/ledger/{held.pk}/letter.eml")

    assert held.reason in page.text
    assert download.content == raw
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in download.headers["Content-Security-Policy"]


def test_the_number_of_queries_does_not_grow_with_the_mailboxes(
    owner, workspace, django_assert_max_num_queries
):
    make_channel(workspace)
    with django_assert_max_num_queries(20):
        owner.get("/fennel/settings/channels/")
    wall.enter(workspace.pk)
    for number in range(5):
        make_channel(workspace, address=f"box-{number}@fennel.example")

    with django_assert_max_num_queries(20):
        owner.get("/fennel/settings/channels/")

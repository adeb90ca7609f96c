"""Mailboxes that a provider lets this desk into: real IMAP and SMTP servers, a real token server, no password."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.email import relay
from harken.channels.email.accounts import account_of, relay_of
from harken.channels.email.errors import SignInAgain, TokenRefused, TokenServerAway
from harken.channels.email.imap import ImapAccount, MailboxSession
from harken.channels.email.tokens import access_token
from harken.channels.factories import make_channel
from harken.channels.mailboxes.connect import check
from harken.channels.models import Channel, Grant, Mailbox, Part, Trouble
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.dovecot import Dovecot
from tests.servers.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db

HELP = "help@fennel.example"


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    settings.HARKEN_ALLOW_INTERNAL = True
    with Provider(HELP) as provider:
        yield provider


@pytest.fixture
def workspace():
    return make_workspace(slug="fennel")


@pytest.fixture
def grant(workspace, provider) -> Grant:
    """A mailbox whose access token has run out, and the leave to get another."""
    channel = make_channel(workspace, HELP, imap_user=HELP)
    return Grant.objects.create(
        workspace=workspace,
        mailbox=channel.mailbox,
        provider="custom",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        authorize_url=provider.authorize_url,
        token_url=provider.token_url,
        scope=provider.scope,
        refresh_token=provider.refresh_token,
        granted_at=timezone.now(),
    )


def mailbox_of(grant: Grant) -> Mailbox:
    return Mailbox.objects.select_related("channel", "grant").get(pk=grant.mailbox_id)


def trusting(account: ImapAccount, ca_file: str) -> ImapAccount:
    return replace(account, ca_file=ca_file)


def token_of(grant: Grant, **options: str) -> str:
    return access_token(grant.workspace_id, grant.pk, **options)


def test_a_token_is_renewed_before_it_runs_out_and_kept_until_then(grant, provider):
    provider.lasts_seconds = 3600
    first = token_of(grant)
    assert token_of(grant) == first
    Grant.objects.update(expires_at=timezone.now() + timedelta(minutes=4))

    second = token_of(grant)

    assert provider.owner_of(second) == HELP
    assert second != first
    assert len(provider.asked) == 2


def test_two_workers_spend_one_refresh_token(transactional_db, grant, provider):
    barrier = threading.Barrier(2)

    def work() -> str:
        barrier.wait(10)
        try:
            return token_of(grant)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        tokens = {future.result() for future in [workers.submit(work) for _each in range(2)]}

    assert len(tokens) == 1
    assert len(provider.asked) == 1


def test_the_provider_away_is_no_harm_while_a_token_is_good(grant, provider):
    token = token_of(grant)
    Grant.objects.update(expires_at=timezone.now() + timedelta(minutes=4))
    provider.fault = 503

    assert token_of(grant) == token
    with pytest.raises(TokenServerAway):
        token_of(grant, refused=token)


def test_tokens_and_secrets_are_sealed_and_never_told(grant, provider, caplog):
    caplog.set_level(logging.DEBUG)
    token = token_of(grant)
    provider.revoke()
    with pytest.raises(SignInAgain) as refused:
        token_of(grant, refused=token)

    with connection.cursor() as sql:
        sql.execute("SELECT client_secret, refresh_token, access_token FROM channels_grant")
        stored = " ".join(sql.fetchone())
    said = caplog.text + refused.value.sentence + repr(account_of(mailbox_of(grant)))
    for secret in (token, provider.refresh_token, CLIENT_SECRET):
        assert secret not in stored + said


@pytest.mark.mail_servers
def test_imap_is_opened_by_a_token_and_by_a_new_one_when_it_was_void(grant, provider):
    with Dovecot(provider=provider.url) as server:
        Mailbox.objects.update(imap_host="localhost", imap_port=server.tls_port, imap_security="tls")
        for _void in range(2):
            with MailboxSession(trusting(account_of(mailbox_of(grant)), server.ca_file)) as session:
                assert session.uidvalidity
            provider.forget_access()

        provider.revoke()
        with (
            pytest.raises(SignInAgain),
            MailboxSession(trusting(account_of(mailbox_of(grant)), server.ca_file)),
        ):
            pass


@pytest.mark.mail_servers
def test_a_token_for_another_mailbox_is_named_as_such(grant, provider):
    with Dovecot(provider=provider.url) as server:
        Mailbox.objects.update(
            imap_host="localhost",
            imap_port=server.tls_port,
            imap_security="tls",
            imap_user="olga@fennel.example",
        )
        with (
            pytest.raises(TokenRefused) as refused,
            MailboxSession(trusting(account_of(mailbox_of(grant)), server.ca_file)),
        ):
            pass

    assert "user name" in refused.value.sentence


def test_letters_leave_by_a_token_and_by_a_new_one_when_it_was_void(grant, provider):
    with SmtpSink(takes_token=lambda token: bool(provider.owner_of(token))) as sink:
        Mailbox.objects.update(smtp_host="localhost", smtp_port=sink.port, smtp_security="none")
        for _void in range(2):
            knock(grant)
            provider.forget_access()
        provider.revoke()

        with pytest.raises(SignInAgain):
            knock(grant)


def test_a_leave_taken_back_is_one_trouble_and_over_with_the_next_token(grant, provider):
    with SmtpSink(takes_token=lambda token: bool(provider.owner_of(token))) as sink:
        Mailbox.objects.update(smtp_host="localhost", smtp_port=sink.port, smtp_security="none")
        provider.revoke()
        check(mailbox_of(grant))
        [trouble] = Trouble.objects.standing()
        assert (trouble.part, trouble.code) == (Part.SIGN_IN, "SignInAgain")
        assert "sign in at the provider again" in trouble.sentence

        provider._refresh_tokens.add(provider.refresh_token)
        check(mailbox_of(grant))

    assert not Trouble.objects.standing().exists()


def knock(grant: Grant) -> None:
    server = relay_of(mailbox_of(grant))
    assert server
    relay.check(server, HELP)


def owner_of(workspace) -> Client:
    client = Client()
    client.force_login(make_agent(workspace, role="owner").user)
    return client


REGISTRATION = {"provider": "custom", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "scope": "mail"}


def registration(provider: Provider) -> dict[str, str]:
    return REGISTRATION | {"authorize_url": provider.authorize_url, "token_url": provider.token_url}


def walk(client: Client, path: str) -> str:
    """Go to the provider and come back; the address that was come back to."""
    there = client.get(f"{path}begin/").headers["Location"]
    back = httpx.get(there).headers["Location"]
    return back.partition("://")[2].partition("/")[2]


def test_signing_in_at_the_provider_gives_a_leave_that_opens_the_mailbox(workspace, provider):
    channel = make_channel(workspace, HELP)
    owner, path = owner_of(workspace), f"/fennel/settings/channels/{channel.pk}/sign-in/"
    owner.post(path, registration(provider))

    page = owner.get(f"/{walk(owner, path)}", follow=True)

    assert "no password is needed" in page.text
    wall.enter(workspace.pk)
    grant = Grant.objects.get()
    assert provider.owner_of(grant.access_token) == HELP
    assert CLIENT_SECRET not in page.text + grant.access_token


def test_an_answer_that_was_not_asked_for_changes_nothing(workspace, provider):
    channel = make_channel(workspace, HELP)
    owner, path = owner_of(workspace), f"/fennel/settings/channels/{channel.pk}/sign-in/"
    owner.post(path, registration(provider))
    back = walk(owner, path)
    forged = back.replace("state=", "state=x")

    page = owner.get(f"/{forged}", follow=True)

    assert "Nothing was changed" in page.text
    assert "Nothing was changed" in owner.get(f"/{back}", follow=True).text
    wall.enter(workspace.pk)
    assert not Grant.objects.get().is_given


def test_without_a_registration_there_is_no_way_to_a_provider(workspace):
    channel = make_channel(workspace, HELP)
    path = f"/fennel/settings/channels/{channel.pk}/sign-in/"

    assert owner_of(workspace).get(f"{path}begin/").headers["Location"] == path


def test_a_provider_that_does_not_agree_is_quoted(workspace, provider):
    channel = make_channel(workspace, HELP)
    owner, path = owner_of(workspace), f"/fennel/settings/channels/{channel.pk}/sign-in/"
    owner.post(path, registration(provider))
    provider.agrees = False

    assert "access_denied" in owner.get(f"/{walk(owner, path)}", follow=True).text


def test_a_token_server_inside_is_asked_only_with_the_operators_leave(workspace, provider, settings):
    channel = make_channel(workspace, HELP)
    owner, path = owner_of(workspace), f"/fennel/settings/channels/{channel.pk}/sign-in/"
    owner.post(path, registration(provider))
    back = walk(owner, path)
    settings.HARKEN_ALLOW_INTERNAL = False

    page = owner.get(f"/{back}", follow=True)

    assert provider.asked == []
    assert "https://" in page.text
    assert owner.post(path, registration(provider)).status_code == 422


def test_without_a_leave_the_password_is_used_again(workspace, grant):
    owner = owner_of(workspace)

    owner.post(f"/fennel/settings/channels/{grant.mailbox.channel_id}/sign-in/grant/")

    wall.enter(workspace.pk)
    assert not Grant.objects.exists()
    assert Channel.objects.count() == 1


def test_the_leave_is_the_owners_alone(workspace, grant):
    olga = Client()
    olga.force_login(make_agent(workspace).user)
    path = f"/fennel/settings/channels/{grant.mailbox.channel_id}/sign-in/"

    for address in (path, f"{path}begin/", "/fennel/settings/channels/signed-in/?state=x"):
        assert olga.get(address).status_code == 404
    assert olga.post(f"{path}grant/").status_code == 404

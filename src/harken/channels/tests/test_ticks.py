"""What the page of channels says works, and where its troubles lead."""

import pytest
from django.test import Client
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.email.errors import ServerNotListening, SignInAgain, WrongPassword
from harken.channels.factories import make_channel
from harken.channels.mailboxes.heartbeat import NotReturned, NotTaken
from harken.channels.mailboxes.ticks import ticks_of
from harken.channels.models import Channel, DomainCheck, Heartbeat, Mailbox, Part
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

FETCHED = {"imap_host": "mail.fennel.example", "smtp_host": "smtp.fennel.example"}


@pytest.fixture
def workspace():
    return make_workspace(slug="fennel")


@pytest.fixture
def owner(workspace):
    return make_agent(workspace, role="owner")


def ticks(owner, channel):
    mailbox = Mailbox.objects.select_related("channel").get(channel=channel)
    return {str(tick.words): tick.state for tick in ticks_of(owner, [mailbox]).get(mailbox.pk, [])}


def look(agent, path):
    client = Client()
    client.force_login(agent.user)
    return client.get(f"/fennel/{path}").text


def finding(kind, state, code):
    return {"kind": kind, "state": state, "code": code, "details": {}, "host": "", "value": ""}


def test_of_a_new_mailbox_nothing_is_claimed(owner, workspace, settings):
    settings.HARKEN_RELAY = None

    assert ticks(owner, make_channel(workspace)) == {
        "Receiving: no letter yet": "open",
        "Sending: no server is set": "open",
        "SPF, DKIM and DMARC: not looked at yet": "open",
    }


def test_what_was_fetched_and_sent_is_ticked(owner, workspace):
    channel = make_channel(workspace, **FETCHED)
    channel.note_checked()
    Heartbeat.objects.create(workspace=workspace, mailbox=channel.mailbox, sent_at=timezone.now())

    found = ticks(owner, channel)

    assert (found["Receiving"], found["Sending"]) == ("yes", "yes")


@pytest.mark.parametrize(
    ("part", "problem", "broken"),
    [
        (Part.FETCHING, WrongPassword("mail"), {"Receiving"}),
        (Part.SENDING, ServerNotListening("smtp"), {"Sending"}),
        (Part.SIGN_IN, SignInAgain("Google"), {"Receiving", "Sending"}),
        (Part.HEARTBEAT, NotReturned(), {"Receiving"}),
        (Part.HEARTBEAT, NotTaken(), {"Sending"}),
    ],
)
def test_a_trouble_takes_away_the_tick_of_its_way(owner, workspace, part, problem, broken):
    channel = make_channel(workspace, **FETCHED)
    channel.report_trouble(part, problem)

    found = ticks(owner, channel)

    assert {words for words, state in found.items() if state == "no"} == broken


def test_the_records_of_the_domain_stand_as_they_were_found_last(owner, workspace):
    channel = make_channel(workspace)
    findings = [
        finding("mx", "well", "mx"),
        finding("spf", "well", "spf"),
        finding("dkim", "wrong", "key-missing"),
        finding("dmarc", "advice", "not-asked"),
    ]
    DomainCheck.objects.create(workspace=workspace, domain="fennel.example", findings=findings)

    found = ticks(owner, channel)

    assert found.items() >= {"SPF": "yes", "DKIM not found": "no", "DMARC not looked at": "open"}.items()
    assert "MX" not in found


def test_a_channel_out_of_use_has_no_ticks(owner, workspace):
    channel = make_channel(workspace)
    Channel.objects.filter(pk=channel.pk).update(is_active=False)

    assert ticks(owner, channel) == {}


@pytest.mark.parametrize(
    ("part", "problem", "step"),
    [
        (Part.FETCHING, WrongPassword("mail"), "?mend=imap_password"),
        (Part.SENDING, WrongPassword("smtp"), "?mend=smtp_password"),
        (Part.SENDING, ServerNotListening("smtp"), "?mend=smtp_port"),
        (Part.SIGN_IN, SignInAgain("Google"), "sign-in/"),
    ],
)
def test_a_trouble_leads_the_owner_to_where_it_is_mended(owner, workspace, part, problem, step):
    channel = make_channel(workspace, **FETCHED)
    channel.report_trouble(part, problem)
    address = f"/fennel/settings/channels/{channel.pk}/{step}"

    assert address in look(owner, "inbox/")
    assert address in look(owner, "settings/channels/")
    colleagues = look(make_agent(workspace), "inbox/")
    assert address not in colleagues
    assert "An owner of this workspace can mend it." in colleagues


def test_the_installations_own_relay_is_for_whoever_runs_it(owner, workspace):
    channel = make_channel(workspace, imap_host="mail.fennel.example")
    channel.report_trouble(Part.SENDING, WrongPassword("relay"))

    page = look(owner, "inbox/")

    assert "tell whoever runs Harken" in page
    assert "?mend=" not in page


def test_the_form_begins_in_the_field_and_says_what_is_wrong(owner, workspace):
    channel = make_channel(workspace, **FETCHED)
    channel.report_trouble(Part.FETCHING, WrongPassword("mail.fennel.example"))

    page = look(owner, f"settings/channels/{channel.pk}/?mend=imap_password")
    nonsense = look(owner, f"settings/channels/{channel.pk}/?mend=nonsense")

    assert page.count("autofocus") == 1
    assert 'name="imap_password"' in next(tag for tag in page.split("<") if "autofocus" in tag)
    assert "did not accept the user name or the password" in page
    assert "Save all the same" not in page
    assert "autofocus" not in nonsense


def test_more_than_two_troubles_leave_the_inbox_room(owner, workspace):
    for number in range(3):
        wall.enter(workspace.pk)
        make_channel(workspace, f"box-{number}@fennel.example").report_trouble(Part.HEARTBEAT, NotReturned())

    assert "<summary>1 more</summary>" in look(owner, "inbox/")

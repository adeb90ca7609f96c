"""Our own domain: what it publishes, what it should, and letters signed with its key, read back from a real relay."""

import pytest
from django.db import connection
from django.test import Client

from harken.agents.factories import make_agent
from harken.channels.email.dkim_check import check_signatures
from harken.channels.email.dns import NameServers, Questions
from harken.channels.email.relay import Relay
from harken.channels.factories import make_channel
from harken.channels.leaving.deliver import deliver
from harken.channels.leaving.sender_vitals import sending_findings
from harken.channels.leaving.sending_domain import findings_for, spf_to_publish
from harken.channels.leaving.signing_keys import NotPublished, make_key, sign_with
from harken.channels.models import DkimKey, DomainCheck, Mailbox
from harken.channels.tests.letters import arrive, letter
from harken.tickets.models import Words
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace
from tests.servers.dns import DnsServer
from tests.servers.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def dns(settings):
    with DnsServer() as server:
        settings.HARKEN_DNS = server.address
        server.addresses["mail.fennel.example"] = ["192.0.2.7"]
        server.exchanges["fennel.example"] = ["mail.fennel.example"]
        yield server


@pytest.fixture
def channel(settings):
    settings.HARKEN_RELAY = Relay("mail.fennel.example", 587)
    return make_channel(make_workspace(slug="fennel"), address="help@fennel.example")


def found(channel, dns):
    findings = findings_for(channel, Questions(NameServers(dns.address)))
    return {each.kind: each for each in findings}


def publish(dns, key):
    dns.texts[key.host] = [key.record]


def test_a_domain_without_records_is_told_the_exact_texts_to_publish(dns, channel):
    findings = found(channel, dns)

    assert (findings["spf"].host, findings["spf"].value) == (
        "fennel.example",
        "v=spf1 a:mail.fennel.example ~all",
    )
    assert (findings["dmarc"].host, findings["dmarc"].value) == ("_dmarc.fennel.example", "v=DMARC1; p=none")
    assert findings["mx"].state == "well"


def test_a_domain_with_all_records_is_well(dns, channel):
    dns.texts["fennel.example"] = ["v=spf1 ip4:192.0.2.7 -all"]
    dns.texts["_dmarc.fennel.example"] = ["v=DMARC1; p=reject"]
    key = make_key(channel)
    publish(dns, key)
    key.use()

    assert {each.state for each in found(channel, dns).values()} == {"well"}


@pytest.mark.parametrize(
    ("record", "mechanism", "expected"),
    [
        (None, "a:mail.x.example", "v=spf1 a:mail.x.example ~all"),
        ("v=spf1 mx -all", "include:y.example", "v=spf1 mx include:y.example -all"),
        ("v=spf1 redirect=z.example", "mx", "v=spf1 mx redirect=z.example"),
        ("v=spf1 mx", "a", "v=spf1 mx a"),
    ],
)
def test_an_spf_record_that_stands_is_kept_and_added_to(record, mechanism, expected):
    assert spf_to_publish(record, mechanism) == expected


def test_a_record_without_our_server_is_told_whole_with_it(dns, channel):
    dns.texts["fennel.example"] = ["google-site-verification=x", "v=spf1 ip4:198.51.100.1 -all"]

    spf = found(channel, dns)["spf"]

    assert (spf.state, spf.value) == ("wrong", "v=spf1 ip4:198.51.100.1 a:mail.fennel.example -all")


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["v=spf1 -all", "v=spf1 mx -all"], "several-spf"),
        (["v=spf1 nonsense -all"], "broken-spf"),
        (["v=spf1 include:fennel.example -all"], "broken-spf"),
    ],
)
def test_a_broken_record_is_named_as_such(texts, code, dns, channel):
    dns.texts["fennel.example"] = texts

    assert found(channel, dns)["spf"].code == code


def test_an_address_of_a_public_provider_has_nothing_to_publish(dns):
    channel = make_channel(make_workspace(), address="fennel@gmail.com")

    assert found(channel, dns)["spf"].code == "public-provider"
    assert dns.asked == []


def test_dead_name_servers_are_told_and_nothing_is_called_wrong(dns, channel):
    dns.is_silent = True

    findings = found(channel, dns)

    assert findings["spf"].code == "not-asked"
    assert "wrong" not in {each.state for each in findings.values()}


def test_where_nobody_is_to_be_asked_no_name_server_is_blamed(channel, settings):
    settings.HARKEN_DNS = "off"

    findings = list(findings_for(channel, Questions(NameServers("off"))))

    codes = {found.kind: found.code for found in findings}
    assert (codes["mx"], codes["spf"], codes["dmarc"]) == ("nobody-asked",) * 3


def test_signing_is_not_switched_on_before_the_key_is_published(dns, channel):
    key = make_key(channel)

    with pytest.raises(NotPublished, match="does not hold this key yet"):
        sign_with(key, by=make_agent(channel.workspace))

    assert DkimKey.objects.used_by(channel) is None


def test_a_key_is_not_used_when_another_one_stands_at_its_name(dns, channel):
    key = make_key(channel)
    dns.texts[key.host] = ["v=DKIM1; k=rsa; p=AAAA"]

    with pytest.raises(NotPublished):
        sign_with(key, by=make_agent(channel.workspace))


def test_a_new_key_takes_the_place_of_the_old_one(dns, channel):
    olga = make_agent(channel.workspace)
    old = make_key(channel)
    sign_with(old, by=olga, unseen=True)

    new = make_key(channel)
    sign_with(new, by=olga, unseen=True)

    old.refresh_from_db()
    assert new.selector != old.selector
    assert (old.is_used, bool(old.retired_at)) == (False, True)
    assert DkimKey.objects.used_by(channel) == new


def test_the_private_key_lies_sealed_in_the_database(channel):
    key = make_key(channel)

    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key FROM channels_dkimkey WHERE id = %s", [key.pk])
        (sealed,) = cursor.fetchone()

    assert "PRIVATE KEY" in key.private_key
    assert "PRIVATE KEY" not in sealed


def test_what_leaves_verifies_on_every_try(dns, channel, settings):
    key = make_key(channel)
    publish(dns, key)
    sign_with(key, by=make_agent(channel.workspace))
    ticket = arrive(letter("Where is my bread?")).ticket
    answer = ticket.reply(Words("В печи.\n\nFrom the oven."), by=make_agent(channel.workspace), seen_up_to=1)

    with SmtpSink() as sink:
        settings.HARKEN_RELAY = sink.relay()
        deliver(answer)
        answer.deliveries.update(state="queued")
        deliver(answer)
        letters = sink.wait_for(2)

    ask = Questions(NameServers(dns.address))
    results = [check_signatures(each.raw, lambda _domain: True, ask) for each in letters]
    assert [[(one.domain, one.result) for one in each] for each in results] == [
        [("fennel.example", "pass")]
    ] * 2


def test_a_key_that_no_secret_opens_keeps_letters_waiting_and_says_so(dns, channel, settings):
    make_key(channel).use()
    DkimKey.objects.update(private_key="x")
    settings.SECRET_KEY = "another"
    ticket = arrive(letter()).ticket
    answer = ticket.reply(Words("Soon."), by=make_agent(channel.workspace), seen_up_to=1)

    deliver(answer)

    delivery = answer.deliveries.get()
    assert delivery.state == "deferred"
    assert "secret key was changed" in delivery.words


@pytest.fixture
def owner(channel):
    client = Client()
    client.force_login(make_agent(channel.workspace, role="owner").user)
    return client


def page(channel, part=""):
    return f"/fennel/settings/channels/{channel.pk}/sender/{part}"


def test_the_page_leads_from_a_new_key_to_signed_letters(dns, channel, owner):
    owner.post(page(channel, "key/"))
    wall.enter(channel.workspace_id)
    key = DkimKey.objects.waiting_for(channel)
    shown = owner.get(page(channel)).content.decode()
    refused = owner.post(page(channel, "signing/"))
    publish(dns, key)

    done = owner.post(page(channel, "signing/"), follow=True)

    assert key.host in shown
    assert key.record in shown
    assert refused.status_code == 422
    assert "Sign all the same" in refused.content.decode()
    assert "Every letter that leaves this mailbox is signed" in done.content.decode()


def test_the_page_shows_what_was_found_when_somebody_looks_again(dns, channel, owner):
    before = owner.get(page(channel)).content.decode()
    after = owner.post(page(channel, "records/"), follow=True).content.decode()

    assert "Nobody has looked yet" in before
    assert "v=spf1 a:mail.fennel.example ~all" in after
    wall.enter(channel.workspace_id)
    assert DomainCheck.objects.get().domain == "fennel.example"


def test_a_server_to_trust_is_suggested_and_kept(channel, owner):
    results = b"Authentication-Results: mx.fennel.example; dmarc=pass header.from=crumb.example\n"
    arrive(results + letter())

    suggestion = owner.get(page(channel)).content.decode()
    owner.post(page(channel), {"trusts_results_of": "MX.fennel.example"})

    assert "mx.fennel.example" in suggestion
    wall.enter(channel.workspace_id)
    assert Mailbox.objects.get().trusted_servers == ["mx.fennel.example"]


def test_what_is_no_host_name_is_refused_in_words(channel, owner):
    answer = owner.post(page(channel), {"trusts_results_of": "mx fennel/example"})

    assert answer.status_code == 422
    assert "“mx” is no host name. Nothing was changed" in answer.content.decode()


def test_only_the_owner_sees_the_page_of_a_mailbox_as_a_sender(channel):
    client = Client()
    client.force_login(make_agent(channel.workspace).user)

    assert client.get(page(channel)).status_code == 404


def test_doctor_is_told_per_domain_what_to_publish(dns, channel):
    sentences = " ".join(each.sentence for each in sending_findings())

    assert "help@fennel.example: fennel.example does not say which servers may send for it" in sentences
    assert "_dmarc.fennel.example TXT v=DMARC1; p=none" in sentences

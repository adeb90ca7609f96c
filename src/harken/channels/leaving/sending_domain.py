"""The domain a mailbox sends from: what it publishes about its mail, and what it should."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone

from harken.channels.email import spf
from harken.channels.email.dmarc import policy_of, read_record
from harken.channels.email.dns import OFF, CouldNotAsk, Questions, name_servers
from harken.channels.email.domains import wire_domain
from harken.channels.models import Channel, DkimKey, DomainCheck, Mailbox
from harken.lib.addresses import is_public_provider

# Somebody waits with the page open, or at the terminal.
PATIENCE_SECONDS = 10

# What large providers want in the SPF record of whoever sends through them.
_PROVIDERS = {
    "gmail.com": "include:_spf.google.com",
    "googlemail.com": "include:_spf.google.com",
    "google.com": "include:_spf.google.com",
    "office365.com": "include:spf.protection.outlook.com",
    "outlook.com": "include:spf.protection.outlook.com",
    "amazonaws.com": "include:amazonses.com",
    "sendgrid.net": "include:sendgrid.net",
    "mailgun.org": "include:mailgun.org",
    "yandex.ru": "include:_spf.yandex.net",
    "mail.ru": "include:_spf.mail.ru",
    "zoho.com": "include:zohomail.com",
    "fastmail.com": "include:spf.messagingengine.com",
}

# Of nobody (RFC 5737): to see whether a record can be followed at all.
_SOME_ADDRESS = "192.0.2.1"

Kind = Literal["mx", "spf", "dkim", "dmarc"]


@dataclass(frozen=True)
class Published:
    """One thing looked at: `code` names its sentence in `sending_words`, `value` is what to publish."""

    kind: Kind
    state: Literal["well", "advice", "wrong"]
    code: str
    details: dict[str, Any] = field(default_factory=dict)
    host: str = ""
    value: str = ""


Look = Callable[[Channel, str, Questions], Published]


def domain_of(channel: Channel) -> str:
    """The domain a mailbox sends from, as name servers know it; `""` when its address has none."""
    return wire_domain(channel.address.rpartition("@")[2])


def look(channel: Channel) -> DomainCheck:
    """Ask the name servers anew what the domain publishes, keep the findings with the time, and return them."""
    name_servers().forget()
    findings = [asdict(each) for each in findings_for(channel, Questions(seconds=PATIENCE_SECONDS))]
    kept, _is_new = DomainCheck.objects.update_or_create(
        workspace_id=channel.workspace_id,
        domain=domain_of(channel),
        defaults={"findings": findings, "checked_at": timezone.now()},
    )
    return kept


def findings_for(channel: Channel, ask: Questions) -> Iterator[Published]:
    """Look at MX, SPF, DKIM and DMARC of the domain a mailbox sends from."""
    domain = domain_of(channel)
    if not domain or is_public_provider(domain):
        yield Published("spf", "well", "public-provider", {"domain": domain})
        return
    looks: dict[Kind, Look] = {"mx": _mx, "spf": _spf, "dkim": _dkim, "dmarc": _dmarc}
    for kind, look_at in looks.items():
        try:
            yield look_at(channel, domain, ask)
        except CouldNotAsk:
            code = "nobody-asked" if settings.HARKEN_DNS == OFF else "not-asked"
            yield Published(kind, "advice", code, {"domain": domain})


def key_is_published(key: DkimKey, ask: Questions) -> bool:
    """Say whether the public half of a key stands where receivers look for it. Raises CouldNotAsk."""
    return _holds(ask.texts(key.host), key)


def spf_to_publish(record: str | None, mechanism: str) -> str:
    """Return the SPF record to publish: the one that stands there with the mechanism added before its `all`."""
    if record is None:
        return f"v=spf1 {mechanism} ~all"
    words = record.split()
    ends = ("all", "-all", "~all", "?all", "+all")
    at = next(
        (at for at, word in enumerate(words) if word.lower() in ends or "redirect=" in word), len(words)
    )
    return " ".join([*words[:at], mechanism, *words[at:]])


def _mx(_channel: Channel, domain: str, ask: Questions) -> Published:
    hosts = ask.exchanges(domain)
    details = {"domain": domain, "hosts": ", ".join(hosts[:5])}
    return Published("mx", "well" if hosts else "advice", "mx" if hosts else "no-mx", details)


def _spf(channel: Channel, domain: str, ask: Questions) -> Published:
    mechanism = _mechanism(channel)
    try:
        record = spf.record_among(ask.texts(domain))
    except ValueError:
        return Published("spf", "wrong", "several-spf", {"domain": domain})
    details = {"domain": domain, "record": record or "", "missing": mechanism}
    if record is None:
        return Published("spf", "advice", "no-spf", details, domain, spf_to_publish(None, mechanism))
    result = _result_for_us(channel, domain, mechanism in record.lower().split(), ask)
    if result == spf.PERMERROR:
        return Published("spf", "wrong", "broken-spf", details)
    if result == spf.PASS:
        return Published("spf", "well", "spf", details)
    return Published("spf", "wrong", "spf-without-us", details, domain, spf_to_publish(record, mechanism))


def _result_for_us(channel: Channel, domain: str, is_named: bool, ask: Questions) -> str:
    """The best result that our server gets; one that the record names is allowed unless the record is broken."""
    server = _server(channel)
    addresses = [*ask.addresses(server, 4), *ask.addresses(server, 6)]
    results = [spf.check_host(each, f"postmaster@{domain}", ask) for each in addresses or [_SOME_ADDRESS]]
    if spf.TEMPERROR in results:
        raise CouldNotAsk
    if spf.PERMERROR in results:
        return spf.PERMERROR
    return spf.PASS if is_named or (addresses and spf.PASS in results) else spf.FAIL


def _mechanism(channel: Channel) -> str:
    server = _server(channel)
    known = (said for home, said in _PROVIDERS.items() if server == home or server.endswith(f".{home}"))
    return next(known, f"a:{server}" if server else "mx")


def _server(channel: Channel) -> str:
    """The host that letters leave by; our own where the relay is this machine."""
    mailbox = Mailbox.objects.filter(channel=channel).first()
    relay = settings.HARKEN_RELAY
    host = (mailbox.smtp_host if mailbox else "") or (relay.host if relay else "")
    return wire_domain(host) or wire_domain(settings.HARKEN_URL.partition("://")[2].partition(":")[0])


def _dkim(channel: Channel, domain: str, ask: Questions) -> Published:
    key = DkimKey.objects.used_by(channel) or DkimKey.objects.waiting_for(channel)
    if key is None:
        return Published("dkim", "advice", "no-key", {"domain": domain})
    texts, details = ask.texts(key.host), {"domain": domain, "host": key.host}
    if _holds(texts, key):
        return Published("dkim", "well", "dkim" if key.is_used else "dkim-ready", details)
    if not key.is_used:
        return Published("dkim", "advice", "key-waits", details)
    code = "other-key" if texts else "key-missing"
    return Published("dkim", "wrong", code, details, key.host, key.record)


def _holds(texts: list[bytes], key: DkimKey) -> bool:
    return key.public_key in map(_public_half, texts)


def _public_half(text: bytes) -> str:
    tags = (tag.partition("=") for tag in text.decode("ascii", "replace").split(";"))
    return next(("".join(value.split()) for name, _equals, value in tags if name.strip() == "p"), "")


def _dmarc(_channel: Channel, domain: str, ask: Questions) -> Published:
    host = f"_dmarc.{domain}"
    own = [text for text in ask.texts(host) if read_record(text) is not None]
    if len(own) > 1:
        return Published("dmarc", "wrong", "several-dmarc", {"host": host})
    policy = policy_of(domain, ask)
    if policy.record is None:
        return Published("dmarc", "advice", "no-dmarc", {"domain": domain}, host, "v=DMARC1; p=none")
    details = {"domain": domain, "policy": policy.wish, "host": f"_dmarc.{policy.record.found_at}"}
    return Published("dmarc", "well", "dmarc-none" if policy.wish == "none" else "dmarc", details)

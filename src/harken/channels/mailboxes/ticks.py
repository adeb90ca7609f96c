"""The row of ticks under a mailbox: receiving, sending, and what its domain publishes, as far as anybody knows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.email.domains import wire_domain
from harken.channels.models import Delivery, DomainCheck, Mailbox, Part, Trouble

# Looking for the last letter that left a mailbox costs the same however many there are.
DELIVERIES_SEEN = 1000
RECORDS = {"spf": "SPF", "dkim": "DKIM", "dmarc": "DMARC"}

# The one problem of a test letter that is the outgoing server's.
_NOT_TAKEN = "NotTaken"
# Findings of channels.leaving.sending_domain that are not simply well, in few words.
_WORDS = {
    "no-spf": _("SPF not published"),
    "several-spf": _("SPF published twice"),
    "broken-spf": _("SPF has a mistake"),
    "spf-without-us": _("SPF leaves your server out"),
    "no-key": _("DKIM not set up"),
    "dkim-ready": _("DKIM ready to switch on"),
    "key-waits": _("DKIM not published yet"),
    "key-missing": _("DKIM not found"),
    "other-key": _("DKIM has another key"),
    "no-dmarc": _("DMARC not published"),
    "several-dmarc": _("DMARC published twice"),
}


@dataclass(frozen=True)
class Tick:
    """One thing that works (`yes`), does not (`no`), or is not known or not set up (`open`)."""

    state: Literal["yes", "no", "open"]
    words: str | Promise


def ticks_of(agent: Agent, mailboxes: Iterable[Mailbox]) -> dict[int, list[Tick]]:
    """Return the ticks of each mailbox that is in use, by its key."""
    checks = {check.domain: check.findings for check in DomainCheck.objects.visible_to(agent)}
    used = [mailbox for mailbox in mailboxes if mailbox.channel.is_active]
    broken, senders = _broken_parts(agent), _lately_sent(agent)
    return {
        mailbox.pk: [
            *_ways(mailbox, broken[mailbox.channel_id], has_sent=mailbox.channel_id in senders),
            *_records(checks.get(wire_domain(mailbox.channel.address.rpartition("@")[2]))),
        ]
        for mailbox in used
    }


def _lately_sent(agent: Agent) -> set[int | None]:
    newest = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    lately = Delivery.objects.visible_to(agent).filter(
        pk__gt=newest - DELIVERIES_SEEN, state=Delivery.State.SENT
    )
    return set(lately.values_list("message__ticket__channel_id", flat=True).distinct())


def _broken_parts(agent: Agent) -> dict[int, set[str]]:
    """The parts that do not work, by channel; a failed test letter counts for the way that failed it."""
    broken: dict[int, set[str]] = defaultdict(set)
    standing = Trouble.objects.visible_to(agent).standing().alarms()
    for channel_id, part, code in standing.values_list("channel_id", "part", "code"):
        failed = Part.SENDING if code == _NOT_TAKEN else Part.FETCHING
        broken[channel_id].add(failed if part == Part.HEARTBEAT else part)
    return broken


def _ways(mailbox: Mailbox, broken: set[str], *, has_sent: bool) -> Iterator[Tick]:
    heartbeat = getattr(mailbox, "heartbeat", None)
    channel = mailbox.channel
    came = channel.last_checked_at if mailbox.is_fetched else channel.last_received_at
    if broken & {Part.FETCHING, Part.SIGN_IN}:
        yield Tick("no", _("Receiving"))
    else:
        yield Tick("yes", _("Receiving")) if came else Tick("open", _("Receiving: no letter yet"))
    if broken & {Part.SENDING, Part.SIGN_IN}:
        yield Tick("no", _("Sending"))
    elif not mailbox.smtp_host and not settings.HARKEN_RELAY:
        yield Tick("open", _("Sending: no server is set"))
    else:
        is_proved = has_sent or (heartbeat is not None and heartbeat.sent_at is not None)
        yield Tick("yes", _("Sending")) if is_proved else Tick("open", _("Sending: no letter lately"))


def _records(findings: list[Mapping[str, Any]] | None) -> Iterator[Tick]:
    """Say how each record was found last; of a public provider's domain there is nothing to say."""
    if findings is None:
        yield Tick("open", _("SPF, DKIM and DMARC: not looked at yet"))
    for finding in findings or []:
        name, code, state = RECORDS.get(finding["kind"]), finding["code"], finding["state"]
        if code == "public-provider":
            yield Tick("yes", _("SPF, DKIM and DMARC: your provider’s"))
        elif name and state == "well" and code not in _WORDS:
            yield Tick("yes", name)
        elif name:
            unknown = str(_("%(name)s not looked at")) % {"name": name}
            yield Tick("no" if state == "wrong" else "open", _WORDS.get(code, unknown))

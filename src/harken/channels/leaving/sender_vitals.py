"""What `harken doctor` learns about the domains that mailboxes send from."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from django.conf import settings

from harken.channels.email.dns import OFF, Questions
from harken.channels.leaving.sending_domain import PATIENCE_SECONDS, Published, domain_of, findings_for
from harken.channels.leaving.sending_words import sentence
from harken.channels.models import Channel
from harken.lib.vitals import Finding
from harken.workspaces import wall
from harken.workspaces.models import Workspace

ABOUT = "sending"


def sending_findings() -> Iterable[Finding]:
    """Look at MX, SPF, DKIM and DMARC of every domain that a used mailbox sends from, and say what to publish."""
    if settings.HARKEN_DNS == OFF:
        yield Finding(
            ABOUT, "advice", "HARKEN_DNS=off: nobody looks whether senders and our own domains are proved."
        )
        return
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with wall.inside(workspace_id):
            yield from _of_workspace(workspace_id)


def _of_workspace(workspace_id: int) -> Iterator[Finding]:
    looked_at: set[str] = set()
    for channel in Channel.objects.active().filter(workspace_id=workspace_id).order_by("id"):
        if domain_of(channel) not in looked_at:
            looked_at.add(domain_of(channel))
            found = list(findings_for(channel, Questions(seconds=PATIENCE_SECONDS)))
            yield from (_told(channel, each) for each in found)


def _told(channel: Channel, finding: Published) -> Finding:
    words = f"{channel.address}: {sentence(asdict(finding))}"
    to_publish = f" {finding.host} TXT {finding.value}" if finding.value else ""
    return Finding(ABOUT, finding.state, words + to_publish)

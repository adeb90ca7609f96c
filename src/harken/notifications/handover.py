"""One push to one browser, over its push service (RFC 8030)."""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone

from harken.lib import outside
from harken.notifications.models import PushDevice, VapidKey
from harken.notifications.push.encryption import seal
from harken.notifications.push.vapid import authorization
from harken.workspaces.encryption import opened

# A browser that was off for longer finds its news on the page.
KEPT_FOR = timedelta(days=1)
LONGEST_WORDS = 200
GONE = (404, 410)


class DeviceGone(Exception):
    """The browser no longer wants to be pushed to, or its service does not know it any more."""


class NotPushed(Exception):
    """The push was not taken; the text says why, in the words of the service. `may_later` says to try again."""

    def __init__(self, words: str, *, may_later: bool) -> None:
        super().__init__(words)
        self.may_later = may_later


@dataclass(frozen=True)
class Push:
    """What is handed over: `topic` names what a newer one replaces while the browser is off (32 letters at most)."""

    words: bytes
    topic: str
    is_urgent: bool = False


def send(device: PushDevice, push: Push, key: VapidKey) -> None:
    """Hand a push to the browser's service. Raises DeviceGone, NotPushed and SecretUnreadable."""
    endpoint = opened(device.endpoint)
    headers = {
        "Authorization": authorization(opened(key.private), endpoint, _contact(), timezone.now()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
        "Topic": push.topic,
        "Urgency": "high" if push.is_urgent else "normal",
    }
    body = seal(push.words, device.keys)
    try:
        answer = outside.post_bytes(
            endpoint, body, headers, allow_internal=bool(settings.HARKEN_ALLOW_INTERNAL)
        )
    except outside.NotAllowed as error:
        raise DeviceGone(str(error)) from error
    except outside.NoAnswer as error:
        raise NotPushed(str(error), may_later=True) from error
    if answer.status_code in GONE:
        raise DeviceGone
    if not answer.is_success:
        words = " ".join(answer.text.split())[:LONGEST_WORDS]
        may_later = answer.status_code == 429 or answer.status_code >= 500
        raise NotPushed(f"{answer.status_code} {words}".strip(), may_later=may_later)


def _contact() -> str:
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"

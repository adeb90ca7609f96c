"""Pushes to a colleague's browsers: what is due, in one push for each browser."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from harken.agents.models import Agent
from harken.notifications.handover import DeviceGone, NotPushed, Push, send
from harken.notifications.letters import about_request, about_several
from harken.notifications.letters.page import spoken_to
from harken.notifications.models import Kind, Notice, PushDevice, Telling, VapidKey, Way
from harken.notifications.push.encryption import MOST_BYTES
from harken.notifications.telling import alone_with, gather
from harken.tickets.models import Ticket
from harken.workspaces.encryption import SecretUnreadable

log = structlog.get_logger(__name__)

LETTERS_OF_TITLE, LETTERS_OF_BODY = 120, 300
FIRST_PAUSE = timedelta(minutes=1)
# An hour later the page says it better.
MOST_ATTEMPTS = 6


def tell_by_push(agent: Agent) -> int:
    """Push what is due to all of a colleague's browsers; how many took something. Harmless twice."""
    with alone_with(agent) as is_alone:
        if not is_alone:
            return 0
        gather(agent, Way.PUSH)
        tellings = Telling.objects.open().filter(agent=agent, way=Way.PUSH, not_before__lte=timezone.now())
        waiting = tellings.select_related("agent__user", "workspace", "ticket__workspace").order_by("pk")
        return sum(_push(telling) for telling in waiting)


def _push(telling: Telling) -> int:
    with spoken_to(telling):
        push = push_of(telling)
    key = VapidKey.objects.of(telling.workspace)
    # Those that took it on an attempt before are left in peace.
    devices = PushDevice.objects.visible_to(telling.agent).exclude(used_at__gte=telling.made_at)
    outcomes = [_push_to(device, push, key) for device in devices.order_by("pk")]
    again = any(each == "later" for each in outcomes) and telling.attempts + 1 < MOST_ATTEMPTS
    changes: dict[str, Any] = {"attempts": telling.attempts + 1}
    if again:
        changes["not_before"] = timezone.now() + FIRST_PAUSE * 2**telling.attempts
    else:
        changes["done_at"] = timezone.now()
    Telling.objects.filter(pk=telling.pk).update(**changes)
    return outcomes.count("taken")


def _push_to(device: PushDevice, push: Push, key: VapidKey) -> str:
    """Push to one browser and keep what its service said: "taken", "later", "never" or "gone"."""
    try:
        send(device, push, key)
    except (DeviceGone, SecretUnreadable):
        log.info("a browser is not pushed to any more", device=device.pk)
        device.delete()
        return "gone"
    except NotPushed as refusal:
        PushDevice.objects.filter(pk=device.pk).update(problem=str(refusal))
        return "later" if refusal.may_later else "never"
    PushDevice.objects.filter(pk=device.pk).update(problem="", used_at=timezone.now())
    return "taken"


def push_of(telling: Telling) -> Push:
    """Return what a push says, in the language of the moment: a title, a sentence and where it leads."""
    notices = list(telling.notices.select_related("message", "ticket").order_by("event_id"))
    about = _about_test(telling) if telling.about == Telling.About.TEST else _about(telling, notices)
    return Push(
        words=_fitting(about),
        topic=hashlib.sha256(about["tag"].encode()).hexdigest()[:32],
        is_urgent=any(notice.kind != Kind.ARRIVED for notice in notices),
    )


def _about(telling: Telling, notices: list[Notice]) -> dict[str, str]:
    if telling.ticket is None:
        return {
            "title": telling.workspace.name,
            "body": about_several.headline(notices),
            "path": telling.workspace.path,
            "tag": "several",
        }
    return _about_ticket(telling, telling.ticket, notices)


def _about_ticket(telling: Telling, ticket: Ticket, notices: list[Notice]) -> dict[str, str]:
    last = notices[-1].message if notices else None
    said = (last.visible_text or last.text) if last else ticket.preview
    return {
        "title": f"{about_request.author_of(telling)} · {ticket.title}"[:LETTERS_OF_TITLE],
        "body": " ".join(said.split())[:LETTERS_OF_BODY],
        "path": f"{telling.workspace.path}tickets/{ticket.number}/",
        "tag": f"request-{ticket.number}",
    }


def _about_test(telling: Telling) -> dict[str, str]:
    return {
        "title": telling.workspace.name,
        "body": _("This is a test. News about requests comes like this."),
        "path": f"{telling.workspace.path}settings/notifications/",
        "tag": "test",
    }


def _fitting(about: dict[str, str]) -> bytes:
    """Return the words as JSON, the sentence cut where a push service would refuse it all."""
    words = json.dumps(about, ensure_ascii=False).encode("utf-8", "replace")
    while len(words) > MOST_BYTES:
        about = {**about, "body": about["body"][: len(about["body"]) // 2]}
        words = json.dumps(about, ensure_ascii=False).encode("utf-8", "replace")
    return words

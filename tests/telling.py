"""What colleagues are told, as it comes to the outside once its minute is over."""

from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from typing import Any

import time_machine
from django.utils import timezone

from harken.agents.models import Agent
from harken.notifications.mail import tell_by_mail
from harken.notifications.models import Happening
from harken.notifications.sorting import sort_out
from tests.mail_programs import Post
from tests.servers.smtp_sink import Letter


def told(post: Post, workspace: Any, *, after: timedelta = timedelta(seconds=61)) -> list[Letter]:
    """What colleagues are sent once the minute is over."""
    sort_all(workspace)
    with time_machine.travel(datetime.now(UTC) + after):
        return run(post, workspace)


def sort_all(workspace: Any) -> None:
    # The database's clock does not travel with ours.
    Happening.objects.update(at=timezone.now())
    while sort_out(workspace):
        pass


def run(post: Post, workspace: Any) -> list[Letter]:
    before = len(post.letters)
    sort_all(workspace)
    for agent in Agent.objects.filter(workspace=workspace).select_related("workspace").order_by("pk"):
        tell_by_mail(agent)
    return post.letters[before:]


def text_of(letter: Letter) -> str:
    part = next(each for each in letter.message.walk() if each.get_content_type() == "text/plain")
    return bytes(part.get_payload(decode=True)).decode().replace("\r\n", "\n")


def subject_of(letter: Letter) -> str:
    return str(make_header(decode_header(letter.message["Subject"])))

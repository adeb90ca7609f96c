"""What all letters to colleagues are made of: a few passages, as text and as HTML, in the reader's own language."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from harken.notifications.models import Preference, Telling


@dataclass(frozen=True)
class Passage:
    """Some words under a heading; `link` may lead to what they are about. Empty parts are left out."""

    heading: str = ""
    text: str = ""
    link: str = ""


@dataclass(frozen=True)
class Page:
    """What a letter says, from top to bottom."""

    subject: str
    line: str = ""
    intro: str = ""
    news: list[Passage] = field(default_factory=list)
    link: str = ""
    button: str = ""
    before: list[Passage] = field(default_factory=list)
    why: str = ""
    settings_link: str = ""

    @property
    def text(self) -> str:
        parts = [self.line, self.intro, *map(_as_text, self.news), f"{self.button}: {self.link}"]
        if self.before:
            parts += ["— " + _("What was said before") + " —", *map(_as_text, self.before)]
        parts.append(f"{self.why} {_('Change what you are told:')} {self.settings_link}")
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def html(self) -> str:
        """The same as a page in the language of the moment."""
        language, is_right_to_left = translation.get_language(), translation.get_language_bidi()
        context = {"page": self, "language": language, "is_right_to_left": is_right_to_left}
        return render_to_string("notifications/letter.html", context)


@contextmanager
def spoken_to(telling: Telling) -> Iterator[None]:
    """Speak the language of whoever is told, at their local time."""
    zone = Preference.objects.of(telling.agent).zone
    with translation.override(telling.agent.user.language), timezone.override(zone):
        yield


def settings_link(telling: Telling) -> str:
    """Where a colleague says what they want to be told."""
    return telling.workspace.url_for("settings/notifications/")


def own_reference(telling: Telling) -> str:
    """Return the Message-ID of a letter that nobody answers: the same on every attempt."""
    made: datetime = telling.made_at
    host = urlsplit(settings.HARKEN_URL).hostname or "harken.invalid"
    return f"told.{telling.pk}.{int(made.timestamp())}@{host}"


def _as_text(passage: Passage) -> str:
    return "\n".join(part for part in (passage.heading, passage.text, passage.link) if part)

"""The texts of a saved reply in several languages: which is offered to whom, put in and taken away."""

from dataclasses import dataclass

from babel import Locale
from django.db import transaction

from harken.agents.models import Agent
from harken.automations.models import SavedReply, SavedReplyVariant
from harken.automations.saved_replies import forms_of
from harken.events.record import record
from harken.lib import rows
from harken.lib.text import language_of

_CODES = "ar cs da de el en es fi fr he hi hu id it ja ko nb nl pl pt ro ru sv th tr uk vi yo zh"
# The languages a text may be kept in, besides the reply's own.
LANGUAGES = tuple(_CODES.split())
# Those that are told from what a customer writes; of all others only the script is known.
TOLD_BY_SCRIPT = ("ar", "ja", "ru", "yo")


@dataclass(frozen=True)
class Said:
    """One text of a saved reply. `language` is `""` for the reply's own."""

    language: str
    text: str
    html: str

    @property
    def spoken(self) -> str:
        """The language as `lib.text.language_of` tells it: `""` where it only knows what it is not."""
        if not self.language:
            return language_of(self.text)
        return self.language if self.language in TOLD_BY_SCRIPT else ""


def texts_of(reply: SavedReply, language: str = "") -> list[Said]:
    """Return all texts of a reply, the one for a customer of this language first, then its own."""
    texts = [Said("", reply.text, reply.html)]
    texts += [Said(each.language, each.text, each.html) for each in reply.variants.all()]
    meant = next((each for each in texts if each.spoken == language), texts[0])
    return [meant, *(each for each in texts if each is not meant)]


def text_in(reply: SavedReply, language: str) -> Said:
    """Return the text in one language; the reply's own where there is none any more."""
    return next((each for each in texts_of(reply) if each.language == language), texts_of(reply)[0])


def name_of(language: str) -> str:
    """Return what a language calls itself, such as `Русский`."""
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]


@transaction.atomic
def keep_variant(reply: SavedReply, language: str, *, text: str, html: str, by: Agent) -> SavedReplyVariant:
    """Let a reply say this in another language from now on. Raises NothingToSay or TooLong."""
    words, form = forms_of(text, html)
    rows.lock(reply)
    variant, _is_new = SavedReplyVariant.objects.update_or_create(
        workspace_id=reply.workspace_id,
        reply=reply,
        language=language,
        defaults={"text": words, "html": form},
    )
    _changed(reply, by)
    return variant


@transaction.atomic
def remove_variant(reply: SavedReply, language: str, *, by: Agent) -> None:
    """Take the text of one language away. Twice is harmless."""
    rows.lock(reply)
    if reply.variants.filter(language=language).delete()[0]:
        _changed(reply, by)


def _changed(reply: SavedReply, by: Agent) -> None:
    reply.changed_by = by
    reply.save(update_fields=["changed_by"])
    record("saved_reply.changed", reply, by=by)

"""Who is called in a note: `@` and the whole name of a colleague, typed or chosen from a list."""

import re
from collections.abc import Iterable

from harken.agents.models import Agent

# From here on scripts write words without blanks between them.
_UNSPACED = "\u2e80"


def mentioned_in(text: str, *, by: Agent) -> list[Agent]:
    """Return the colleagues whom a note calls, each once, without its writer; those of one name are all meant."""
    if "@" not in text:
        return []
    colleagues = list(Agent.objects.visible_to(by).active().exclude(pk=by.pk).by_name())
    by_name: dict[str, list[Agent]] = {}
    for colleague in colleagues:
        by_name.setdefault(_folded(colleague.name), []).append(colleague)
    pattern = calls_of(colleague.name for colleague in colleagues)
    called = dict.fromkeys(_folded(found[1]) for found in pattern.finditer(text)) if pattern else {}
    return [colleague for name in called for colleague in by_name.get(name, ())]


def calls_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds `@` and one of the names, the longest first."""
    longest_first = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<![\w@.])@({'|'.join(map(_found_as, longest_first))})", re.IGNORECASE)


def _found_as(name: str) -> str:
    words = r"(?:\s|&nbsp;)+".join(re.escape(word) for word in name.split())
    return words if name[-1] >= _UNSPACED else rf"{words}(?!\w)"


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()

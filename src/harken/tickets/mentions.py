"""Who is called in a note: `@` and the name of a colleague, typed or chosen from a list.

The whole name calls; so does its first word, where it belongs to one colleague alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from harken.agents.models import Agent

# A search that asks for no case takes all three of them for one letter, and folding a case does not.
_I = str.maketrans("İı", "ii")
# From here on scripts write words without blanks between them.
_UNSPACED = "\u2e80"


def mentioned_in(text: str, *, by: Agent) -> list[Agent]:
    """Return the colleagues whom a note calls, each once, without its writer; those of one name are all meant."""
    if "@" not in text:
        return []
    colleagues = list(Agent.objects.visible_to(by).active().by_name())
    pattern = calls_of(names_of(colleagues))
    called = [folded(found[1]) for found in pattern.finditer(text)] if pattern else []
    short = {folded(name): agent for agent, name in zip(colleagues, short_names(colleagues), strict=True)}
    meant: dict[Agent, None] = {}
    for name in called:
        whole = [each for each in colleagues if folded(each.name) == name]
        meant |= dict.fromkeys(whole or [short[name]])
    return [colleague for colleague in meant if colleague != by]


def names_of(colleagues: Sequence[Agent]) -> list[str]:
    """Return every name by which one of these colleagues may be called."""
    names = [each.name for each in colleagues]
    return [name for name in (*names, *short_names(colleagues)) if name]


def short_names(colleagues: Sequence[Agent]) -> list[str]:
    """Return the first word of each name, in the same order; `""` where it does not say who is meant."""
    whole = {folded(each.name) for each in colleagues}
    first = [next(iter(each.name.split()), "") for each in colleagues]
    often = Counter(map(folded, first))
    return [word if often[folded(word)] == 1 and folded(word) not in whole else "" for word in first]


def calls_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds `@` and one of the names, the longest first; `None` where there are none."""
    longest_first = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if not longest_first:
        return None
    return re.compile(rf"(?<![\w@.])@({'|'.join(map(_found_as, longest_first))})", re.IGNORECASE)


def folded(name: str) -> str:
    """Return a name as it is compared, also as it stands in HTML."""
    return " ".join(name.replace("&nbsp;", " ").translate(_I).split()).casefold()


def _found_as(name: str) -> str:
    words = r"(?:\s|&nbsp;)+".join(re.escape(word) for word in name.split())
    return words if name[-1] >= _UNSPACED else rf"{words}(?!\w)"

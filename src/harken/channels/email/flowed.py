"""Plain text that carries layout: format=flowed (RFC 3676) and text/enriched (RFC 1896)."""

import html as entities
import re

_QUOTED = re.compile(r">*")
_ENRICHED_TAG = re.compile(r"<(?!<)/?[\w-]*>|<param>[^<]*</param>", re.I)
_LITERAL_LESS = "\ue000"


def unwrap(text: str, delete_space: bool) -> str:
    """Join the lines that were broken softly; each quote depth is a paragraph of its own."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        mark = _QUOTED.match(line)
        depth = mark.end() if mark else 0
        words = line[depth:].removeprefix(" ")
        soft = words.endswith(" ") and words != "-- "
        if depth == open_depth and words != "-- ":
            lines[-1] += words
        else:
            lines.append(f"{'>' * depth} {words}" if depth else words)
        if soft and delete_space:
            lines[-1] = lines[-1][:-1]
        open_depth = depth if soft else -1
    return "\n".join(lines)


def from_enriched(text: str) -> str:
    """Return the words of text/enriched: tags gone, single line breaks were only for the wire."""
    words = _ENRICHED_TAG.sub("", text.replace("<<", _LITERAL_LESS))
    words = re.sub(r"(?<!\n)\n(?!\n)", " ", words)
    return entities.unescape(re.sub(r"\n(\n+)", r"\1", words).replace(_LITERAL_LESS, "<"))

"""Plain text that carries layout: format=flowed (RFC 3676) and text/enriched (RFC 1896)."""

import html as entities
import re

_QUOTED = re.compile(r">*")
_ENRICHED_TAG = re.compile(r"<(?!<)/?[\w-]*>|<param>[^<]*</param>", re.I)
_LITERAL_LESS = "\ue000"


def unwrap(text: str, delete_space: bool) -> str:
    """Join the lines that were broken softly; each quote depth is a paragraph of its own."""
    lines: list[list[str]] = []
    open_depth = -1
    for line in text.split("\n"):
        mark = _QUOTED.match(line)
        depth = mark.end() if mark else 0
        words = line[depth:].removeprefix(" ")
        soft = words.endswith(" ") and words != "-- "
        shown = words[:-1] if soft and delete_space else words
        if depth == open_depth and words != "-- ":
            lines[-1].append(shown)
        else:
            lines.append([f"{'>' * depth} " if depth else "", shown])
        open_depth = depth if soft else -1
    return "\n".join("".join(pieces) for pieces in lines)


def from_enriched(text: str) -> str:
    """Return the words of text/enriched: tags gone, single line breaks were only for the wire."""
    words = _ENRICHED_TAG.sub("", text.replace("<<", _LITERAL_LESS))
    words = re.sub(r"(?<!\n)\n(?!\n)", " ", words)
    return entities.unescape(re.sub(r"\n(\n+)", r"\1", words).replace(_LITERAL_LESS, "<"))

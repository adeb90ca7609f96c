"""Long words, folded: what is read at a glance first, the rest on request."""

LETTERS_AT_A_GLANCE = 700
LINES_AT_A_GLANCE = 12
# Less than this is not worth a click.
_WORTH_FOLDING = 200


def folded(text: str) -> tuple[str, str]:
    """Return what is shown and what is folded behind it, `""` when all of it is shown; together they are the text."""
    text = text.strip()
    end = _end(text)
    if len(text) - end < _WORTH_FOLDING and text.count("\n", end) < LINES_AT_A_GLANCE:
        return text, ""
    return text[:end].rstrip(), text[end:].lstrip()


def _end(text: str) -> int:
    """Return where to break: after a whole line or word, where there is one."""
    lines = text[:LETTERS_AT_A_GLANCE].splitlines(keepends=True)
    if len(lines) > LINES_AT_A_GLANCE:
        return sum(map(len, lines[:LINES_AT_A_GLANCE]))
    if len(text) <= LETTERS_AT_A_GLANCE:
        return len(text)
    gap = max(text.rfind(blank, LETTERS_AT_A_GLANCE // 2, LETTERS_AT_A_GLANCE) for blank in "\n 。")
    return gap + 1 if gap > 0 else LETTERS_AT_A_GLANCE

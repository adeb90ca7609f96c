"""How the verbs answer: JSON for scripts, lines for people."""

import json
from collections.abc import Sequence
from typing import Any

import click
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from harken.lib.addresses import normalise
from harken.workspaces.models import Workspace

# Some readers take these for the end of a line, and JSON allows them in words.
_LINE_ENDS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def as_json_line(row: Any) -> str:
    """Return a value as JSON on one line, whoever splits it."""
    return json.dumps(row, ensure_ascii=False).translate(_LINE_ENDS)


def tell(row: dict[str, Any], words: str, *, as_json: bool) -> None:
    """Print one thing."""
    click.echo(as_json_line(row) if as_json else words)


def tell_all(rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    """Print a list: one JSON array, or a line each."""
    if as_json:
        click.echo(as_json_line(rows))
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values() if value not in ("", None)))


def workspace_named(slug: str) -> Workspace:
    """Return the workspace, or tell which there are."""
    found = Workspace.objects.named(slug).first()
    if found is None:
        known = ", ".join(Workspace.objects.values_list("slug", flat=True)) or "none"
        raise click.UsageError(f"There is no workspace {slug} here; there is: {known}.")
    return found


def clean_address(text: str) -> str:
    """Return a mail address in the form Harken keeps, or tell that it is none."""
    try:
        validate_email(text)
    except ValidationError:
        raise click.UsageError(f"{text} is not a mail address.") from None
    return normalise(text)

"""`harken version`."""

import json
import platform

import click

from harken import __version__
from harken.config.database.binaries import brought_version


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def version(as_json: bool) -> None:
    """Print which Harken this is, and what it runs on.

    Example: harken version --json
    """
    parts = {"harken": __version__, "python": platform.python_version(), "postgresql": brought_version()}
    click.echo(
        json.dumps(parts) if as_json else "\n".join(f"{name} {number}" for name, number in parts.items())
    )

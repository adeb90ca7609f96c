"""`harken doctor`."""

import click

from harken.cli.perform import perform


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Check the installation: say what is wrong and what to do. The exit code is 1 when something is.

    Example: harken doctor --json
    """

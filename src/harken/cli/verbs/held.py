"""`harken held`."""

import click

from harken.cli.perform import perform

_id = click.argument("number", metavar="ID", type=click.IntRange(min=1))


@click.group()
def held() -> None:
    """See and decide about letters that no workspace owns.

    Example: harken held list
    """


@held.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_held(as_json: bool) -> None:
    """List the letters, the oldest first.

    Example: harken held list --json
    """
    perform("held.show", as_json=as_json)


@held.command("give")
@_id
@click.argument("slug", metavar="WORKSPACE")
def give_held(number: int, slug: str) -> None:
    """Give a letter to a workspace, whatever it is addressed to.

    Example: harken held give 17 acme
    """
    perform("held.give", number=number, slug=slug)


@held.command("spam")
@_id
def spam_held(number: int) -> None:
    """Say that a letter is spam: it waits no more, and is kept.

    Example: harken held spam 17
    """
    perform("held.spam", number=number)

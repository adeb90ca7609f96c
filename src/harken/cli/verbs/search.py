"""`harken search`."""

import click

from harken.cli.perform import perform


@click.group()
def search() -> None:
    """Look after the index of what was said.

    Example: harken search reindex
    """


@search.command()
@click.option("--workspace", "slug", metavar="WORKSPACE", help="One workspace; all of them if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def reindex(slug: str | None, as_json: bool) -> None:
    """Build the index anew, the newest messages first. Search answers meanwhile.

    It may be broken off: a running worker goes on from there.

    Example: harken search reindex --workspace acme
    """
    perform("search.reindex", slug=slug, as_json=as_json)

"""`harken workspace`, `agent` and `token`, for scripts."""

import click

from harken.cli.perform import perform

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_workspace = click.option(
    "--workspace", "slug", required=True, metavar="WORKSPACE", help="Its first word in addresses."
)


@click.group()
def workspace() -> None:
    """Make and list workspaces.

    Example: harken workspace create acme --owner olga@acme.example
    """


@workspace.command("create")
@click.argument("slug", metavar="WORKSPACE")
@click.option("--owner", required=True, metavar="ADDRESS", help="Who owns it; the account is made if needed.")
@click.option("--name", default="", help="The company's name; the first word if not given.")
@click.option("--mail", default="", metavar="ADDRESS", help="The address that customers write to.")
@click.option("--language", default="en", show_default=True, help="Its language.")
@click.option("--time-zone", default="UTC", show_default=True, help="Its time zone.")
@_json
def create_workspace(as_json: bool, **fields: str) -> None:
    """Make a workspace with its owner.

    Example: harken workspace create acme --owner olga@acme.example --name "Acme Flowers"
    """
    perform("workspaces.create", as_json=as_json, **fields)


@workspace.command("list")
@_json
def list_workspaces(as_json: bool) -> None:
    """List the workspaces.

    Example: harken workspace list --json
    """
    perform("workspaces.show", as_json=as_json)


@click.group()
def agent() -> None:
    """Add and list the people who answer, and let them in by link.

    Example: harken agent create --workspace acme ann@acme.example
    """


@agent.command("create")
@_workspace
@click.argument("address")
@click.option("--name", default="", help="The person's name.")
@click.option("--owner", "is_owner", is_flag=True, help="Make the person an owner.")
@_json
def create_agent(as_json: bool, **fields: object) -> None:
    """Add a person to a workspace; the account is made if needed.

    Example: harken agent create --workspace acme ann@acme.example --name "Ann Lee"
    """
    perform("agents.create", as_json=as_json, **fields)


@agent.command("list")
@_workspace
@_json
def list_agents(as_json: bool, slug: str) -> None:
    """List the people of a workspace.

    Example: harken agent list --workspace acme
    """
    perform("agents.show", as_json=as_json, slug=slug)


@agent.command("link")
@click.argument("address")
@_json
def link(as_json: bool, address: str) -> None:
    """Print a link that signs a person in once, for the day mail does not work.

    Example: harken agent link ann@acme.example
    """
    perform("agents.link", as_json=as_json, address=address)


@agent.command("reset-second-factor")
@click.argument("address")
@_json
def reset_second_factor(as_json: bool, address: str) -> None:
    """Take back a person's passkeys, app and recovery codes, and sign them out everywhere.

    For the day a device and the codes are gone. Ask by another way than mail whether it is really them.

    Example: harken agent reset-second-factor ann@acme.example
    """
    perform("agents.reset_second_factor", as_json=as_json, address=address)


@click.group()
def token() -> None:
    """Make and list keys to the API.

    Example: harken token create --workspace acme
    """


@token.command("create")
@_workspace
@click.option(
    "--agent", "address", default="", metavar="ADDRESS", help="Whom it acts as; the owner if not given."
)
@click.option("--name", default="harken token create", help="What it is for.")
@_json
def create_token(as_json: bool, **fields: str) -> None:
    """Make a token, and print it as JSON in any case; it is shown this once.

    Example: harken token create --workspace acme --agent ann@acme.example
    """
    perform("tokens.create", **fields)


@token.command("list")
@_workspace
@_json
def list_tokens(as_json: bool, slug: str) -> None:
    """List the tokens of a workspace, without the tokens themselves.

    Example: harken token list --workspace acme --json
    """
    perform("tokens.show", as_json=as_json, slug=slug)

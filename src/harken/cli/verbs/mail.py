"""`harken deliver`."""

import sys

import click

from harken.cli.perform import perform
from harken.config.errors import Refused

# EX_TEMPFAIL of sysexits.h: the mail server keeps the letter and tries again.
NOT_NOW = 75


class NotNow(click.ClickException):
    """The letters could not be stored; whoever brought them shall keep them."""

    exit_code = NOT_NOW


@click.command()
@click.argument(
    "files",
    nargs=-1,
    type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
    metavar="[FILE | -]...",
)
@click.option("--to", "recipient", metavar="ADDRESS", help="The envelope's recipient.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print what became of each letter, one JSON object a line."
)
def deliver(files: tuple[str, ...], recipient: str | None, as_json: bool) -> None:
    """Take in raw mail: files, or one message on standard input (nothing named, or -).

    The exit code is 0 only when every letter is stored, and 75 when it cannot be done now. Empty standard input is
    no letter: nothing is stored, and the exit code is 2.

    Example, in a mail server's pipe: harken deliver --to help@example.com
    """
    # Whoever runs a program without any standard input has closed it: then there is no such object.
    if not files and sys.stdin and sys.stdin.isatty():
        raise click.UsageError("Name a file, or give one message on standard input.")
    files = files or ("-",)
    piped = sys.stdin.buffer.read() if "-" in files and sys.stdin else b""
    if "-" in files and not piped.strip():
        raise click.UsageError("Standard input is empty: there is no letter in it, and nothing is stored.")
    try:
        perform("mail.deliver", files=files, piped=piped, recipient=recipient, as_json=as_json)
    except Refused as error:
        raise NotNow(str(error)) from None

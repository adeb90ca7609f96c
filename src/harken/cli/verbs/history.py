"""`harken import`: letters of long ago."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from harken.cli.perform import perform

_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)
_OPTIONS = (
    click.option(
        "--workspace",
        "slug",
        metavar="WORKSPACE",
        help="Whose letters they are; needed where there are several.",
    ),
    click.option(
        "--mailbox", metavar="ADDRESS", help="The mailbox they came to; the workspace's first if not given."
    ),
    click.option(
        "--ours", multiple=True, metavar="ADDRESS", help="A further address the company wrote from."
    ),
    click.option(
        "--open-since",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DAY",
        help="Keep what was said last since this day on the list; without it everything is closed.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object."),
)


def _with_options(verb: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


@click.group("import")
def import_past() -> None:
    """Take in letters of long ago, with their threads, people, dates and files. Nothing is sent, nobody is told.

    It may be broken off and run again: what is there already is left alone.

    Example: harken import mbox inbox.mbox sent.mbox --workspace acme
    """


@import_past.command()
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@_with_options
def mbox(files: tuple[Path, ...], **options: Any) -> None:
    """Import mbox files. Name the file of sent letters too: so whole conversations come over.

    Example: harken import mbox inbox.mbox sent.mbox --workspace acme --mailbox help@acme.example
    """
    perform("history.from_mbox", files=files, **options)


@import_past.command()
@click.argument("folders", nargs=-1, required=True, type=_FOLDER, metavar="FOLDER...")
@_with_options
def maildir(folders: tuple[Path, ...], **options: Any) -> None:
    """Import Maildirs, with the folders inside them.

    Example: harken import maildir ~/Maildir --workspace acme --open-since 2026-11-01
    """
    perform("history.from_maildir", folders=folders, **options)


@import_past.command()
@click.option(
    "--folder",
    "folders",
    multiple=True,
    metavar="NAME",
    help="A folder; the mailbox's own and that of sent letters if not given.",
)
@click.option("--host", metavar="HOST", help="Another server than the mailbox's own.")
@click.option("--port", type=click.IntRange(1, 65535), help="Its port.")
@click.option(
    "--security",
    type=click.Choice(["tls", "starttls", "none"]),
    default="tls",
    show_default=True,
    help="How that server encrypts.",
)
@click.option("--user", metavar="USER", help="Who signs in there.")
@click.option(
    "--password-file", type=_FILE, metavar="FILE", help="A file with the password; else it is asked for."
)
@_with_options
def imap(folders: tuple[str, ...], **options: Any) -> None:
    """Import folders of an IMAP mailbox. They are only read: no letter is marked, moved or deleted.

    Without --host the server and sign-in of the mailbox's settings are used.

    Example: harken import imap --workspace acme --mailbox help@acme.example --folder INBOX --folder Archive
    """
    _check_server(options)
    perform("history.from_imap", folders=folders, **options)


def _check_server(options: dict[str, Any]) -> None:
    if not options["host"] and (options["user"] or options["password_file"] or options["port"]):
        raise click.UsageError("--user, --port and --password-file belong to a server: name it with --host.")
    if options["host"] and not options["user"]:
        raise click.UsageError("Say with --user who signs in there.")

"""`harken import`."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from harken.channels.arriving.routing import only_workspace
from harken.channels.email.accounts import account_of
from harken.channels.email.errors import MailServerProblem
from harken.channels.email.imap import ImapAccount
from harken.channels.history.imap import ImapFolder, folders_of
from harken.channels.history.run import Report, import_past
from harken.channels.history.sources import Entry, Maildir, Mbox, NotReadable, Source
from harken.channels.history.take import Archive
from harken.channels.models import Channel
from harken.channels.problems import Problem
from harken.cli.work import tables
from harken.cli.work.answers import clean_address, tell, workspace_named
from harken.config.errors import Refused
from harken.workspaces import wall
from harken.workspaces.models import Workspace

PORTS = {"tls": 993, "starttls": 143, "none": 143}


class NotImported(Refused):
    """The import ended early; what was taken in stays, and running it again goes on from there."""


def from_mbox(*, files: Sequence[Path], as_json: bool, **options: Any) -> None:
    """Import mbox files."""
    _run(_archive(**options), [Mbox(path) for path in files], as_json=as_json)


def from_maildir(*, folders: Sequence[Path], as_json: bool, **options: Any) -> None:
    """Import Maildirs."""
    _run(_archive(**options), [Maildir(path) for path in folders], as_json=as_json)


def from_imap(
    *,
    folders: Sequence[str],
    host: str | None,
    port: int | None,
    security: str,
    user: str | None,
    password_file: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Import folders of an IMAP account, the mailbox's own unless another is named."""
    archive = _archive(**options)
    if host and user:
        password = password_file.read_text().rstrip("\n") if password_file else _asked_for(user, host)
        account = ImapAccount(
            host=host, port=port or PORTS[security], security=security, user=user, password=password
        )
    else:
        account = _own_account(archive)
    try:
        wanted = folders or folders_of(account)
        _run(archive, [ImapFolder(account, folder) for folder in wanted], as_json=as_json)
    except MailServerProblem as problem:
        raise NotImported(f"{problem.sentence} What was imported stays; run it again to go on.") from problem


def _archive(
    *, slug: str | None, mailbox: str | None, ours: Sequence[str], open_since: datetime | None
) -> Archive:
    tables.need()
    workspace = workspace_named(slug) if slug else only_workspace()
    if workspace is None:
        raise click.UsageError(
            "There is not exactly one workspace: say with --workspace whose letters they are."
        )
    return Archive(
        workspace,
        channel=_channel(workspace, mailbox),
        open_since=open_since.replace(tzinfo=workspace.zone) if open_since else None,
        ours=frozenset(clean_address(address) for address in ours),
    )


def _channel(workspace: Workspace, mailbox: str | None) -> Channel | None:
    with wall.inside(workspace.pk):
        mailboxes = Channel.objects.filter(workspace=workspace).select_related("mailbox").order_by("pk")
        if not mailbox:
            return mailboxes.first()
        found = mailboxes.filter(address=clean_address(mailbox)).first()
        if found is None:
            known = ", ".join(mailboxes.values_list("address", flat=True)) or "none"
            raise click.UsageError(f"The workspace has no mailbox {mailbox}; it has: {known}.")
        return found


def _own_account(archive: Archive) -> ImapAccount:
    if archive.channel is None or not archive.channel.mailbox.is_fetched:
        raise click.UsageError("This mailbox is not fetched by IMAP: name a server with --host and --user.")
    with wall.inside(archive.workspace.pk):
        try:
            return account_of(archive.channel.mailbox)
        except Problem as problem:
            raise NotImported(str(problem)) from problem


def _asked_for(user: str, host: str) -> str:
    if not sys.stdin.isatty():
        raise click.UsageError("Give the password in a file: --password-file FILE.")
    password: str = click.prompt(f"Password of {user} at {host}", hide_input=True, err=True)
    return password


def _run(archive: Archive, sources: Sequence[Source], *, as_json: bool) -> None:
    try:
        report = import_past(archive, sources, _shown)
    except NotReadable as error:
        raise Refused(f"Nothing was imported: {error}") from error
    except OSError as error:
        raise NotImported(
            f"The import was broken off ({error.strerror or type(error).__name__})."
            " What was imported stays; run it again to go on."
        ) from error
    tell(_row(report), _words(report), as_json=as_json)


def _shown(entries: Sequence[Entry]) -> Iterator[Entry]:
    with click.progressbar(
        entries, label="Importing", file=sys.stderr, hidden=not sys.stderr.isatty(), show_pos=True
    ) as shown:
        yield from shown


def _row(report: Report) -> dict[str, Any]:
    return {
        "letters": report.looked_at,
        "opened": report.states["opened"],
        "joined": report.states["joined"],
        "duplicate": report.states["duplicate"],
        "held": [asdict(each) for each in report.held],
        "here_before": report.known,
        "not_read": [asdict(each) for each in report.refused],
        "gone": report.gone,
    }


def _words(report: Report) -> str:
    states = report.states
    lines = [
        f"{report.looked_at} letters: {states['opened']} began a request, {states['joined']} belong to one,"
        f" {states['duplicate']} came twice, {report.known} were here before, {len(report.held)} are held."
    ]
    lines += _listed("Held for a person, in the inbox under Held mail:", report.held)
    lines += _listed("Not given out by the server:", report.refused)
    if report.gone:
        lines.append(f"{report.gone} were gone when their turn came.")
    return "\n".join(lines)


def _listed(heading: str, letters: Iterable[Any]) -> list[str]:
    lines = [f"  {each.place}: {each.reason}" for each in letters]
    return [heading, *lines] if lines else []

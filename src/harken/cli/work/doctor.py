"""What `harken doctor` finds with the database open: the database itself, the clock, mail in and out."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from django.db import connection

from harken.channels.arriving.fetching import fetched_mailboxes
from harken.channels.email.accounts import account_of
from harken.channels.email.errors import MailServerProblem
from harken.channels.email.imap import MailboxSession
from harken.channels.email.relay import check
from harken.channels.mailboxes.connect import sending_problem
from harken.channels.models import Mailbox
from harken.channels.problems import Problem
from harken.cli.work import tables
from harken.config.endpoints import Endpoint
from harken.config.environment import environment
from harken.config.errors import Refused
from harken.lib import vitals
from harken.lib.vitals import Finding
from harken.workspaces import wall
from harken.workspaces.models import Workspace

PATIENCE_SECONDS = 10
_APART_SECONDS = 5


def findings() -> Iterator[Finding]:
    """Look at everything that needs the database. A relay and mailboxes are signed in to; nothing is sent."""
    yield from _clock()
    try:
        tables.need()
    except Refused as error:
        yield Finding("database", "wrong", str(error))
        return
    yield _database()
    yield from _mail_in()
    yield _mail_out()
    yield from _own_relays()
    yield from vitals.findings()
    for about, sentence in vitals.warnings():
        yield Finding(about, "advice", sentence)


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),"
            " (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)"
        )
        version, size, is_above_the_wall = cursor.fetchone()
    if is_above_the_wall:
        sentence = (
            "Harken's role passes over row-level security: give it a role without SUPERUSER and BYPASSRLS."
        )
        return Finding("database", "wrong", sentence)
    return Finding("database", "well", f"PostgreSQL {version}, {size}, its tables are those of this version.")


def _clock() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    apart = abs((theirs - before).total_seconds())
    if apart > _APART_SECONDS:
        sentence = (
            f"This machine and the database are {apart:.0f} s apart: let both take the time from the network."
        )
        yield Finding("clock", "wrong", sentence)
    else:
        yield Finding("clock", "well", f"It is {before:%Y-%m-%d %H:%M} UTC, here and in the database.")
    if _is_not_synchronised():
        yield Finding("clock", "wrong", "The clock is not set from the network: timedatectl set-ntp true")


def _is_not_synchronised() -> bool:
    timedatectl = shutil.which("timedatectl")
    if timedatectl is None:
        return False
    command = [timedatectl, "show", "--property=NTPSynchronized", "--value"]
    asked = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    return asked.stdout.strip() == "no"


def _mail_in() -> Iterator[Finding]:
    endpoint, mailboxes = environment().smtp_in, fetched_mailboxes().values()
    if endpoint:
        yield _listener(endpoint)
    for mailbox in mailboxes:
        with wall.inside(mailbox.workspace_id):
            yield _fetched(mailbox)
    if not endpoint and not mailboxes:
        yield Finding(
            "mail in",
            "well",
            "No mailbox is fetched and HARKEN_SMTP_IN is off: only `harken deliver` takes mail.",
        )


def _fetched(mailbox: Mailbox) -> Finding:
    name = str(mailbox.channel)
    try:
        account = replace(account_of(mailbox), timeout_seconds=PATIENCE_SECONDS)
        with MailboxSession(account):
            return Finding("mail in", "well", f"{name} can be fetched from {account.server}.")
    except Problem as problem:
        return Finding("mail in", "wrong", f"{name}: {problem.sentence}")


def _listener(endpoint: Endpoint) -> Finding:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(endpoint.host, endpoint.host)
    try:
        socket.create_connection((host, endpoint.port), timeout=PATIENCE_SECONDS).close()
    except OSError:
        return Finding(
            "mail in",
            "wrong",
            f"Nobody listens at HARKEN_SMTP_IN={endpoint}: start `harken up` or `harken smtp`.",
        )
    return Finding("mail in", "well", f"Mail is taken at {endpoint}.")


def _mail_out() -> Finding:
    relay = environment().relay
    if relay is None:
        sentence = "HARKEN_SMTP_URL is empty: no sign-in link can be mailed, and mailboxes need servers of their own."
        return Finding("mail out", "advice", sentence)
    try:
        check(replace(relay, timeout_seconds=PATIENCE_SECONDS))
    except MailServerProblem as problem:
        return Finding("mail out", "wrong", problem.sentence)
    return Finding("mail out", "well", f"{relay.server} takes mail from us.")


def _own_relays() -> Iterator[Finding]:
    """Sign in to the servers that single mailboxes send by."""
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with wall.inside(workspace_id):
            mailboxes = Mailbox.objects.filter(workspace_id=workspace_id, channel__is_active=True)
            for mailbox in mailboxes.exclude(smtp_host="").select_related("channel"):
                problem = sending_problem(mailbox)
                words = problem.sentence if problem else f"{mailbox.smtp_host} takes its mail."
                yield Finding("mail out", "wrong" if problem else "well", f"{mailbox.channel}: {words}")

"""Connecting a mailbox: kept with its channel in one step, and proved by a real sign-in at both servers."""

from dataclasses import replace

from django.db import transaction

from harken.channels.email import relay
from harken.channels.email.channel import relay_of
from harken.channels.email.errors import MailServerProblem
from harken.channels.email.imap import MailboxSession
from harken.channels.fetching import account_of
from harken.channels.models import Channel, Mailbox
from harken.events.record import record
from harken.workspaces.encryption import SecretUnreadable

# Somebody waits for the answer with the page open.
PATIENCE_SECONDS = 10


@transaction.atomic
def connect(mailbox: Mailbox, address: str) -> Channel:
    """Keep a mailbox and its channel under this address; a new one is made in the mailbox's workspace."""
    channel = mailbox.channel if mailbox.pk else Channel(workspace=mailbox.workspace)
    channel.address = channel.name = address
    channel.problem, channel.problem_since, channel.is_active = "", None, True
    channel.save()
    mailbox.channel = channel
    mailbox.save()
    record("channel.changed", channel, healthy=True)
    return channel


def problems_of(mailbox: Mailbox) -> list[str]:
    """Sign in where the mailbox says, and return a sentence for each server that does not let us."""
    found = (_fetching_problem(mailbox), _sending_problem(mailbox))
    return list(dict.fromkeys(str(problem) for problem in found if problem))


def _fetching_problem(mailbox: Mailbox) -> MailServerProblem | SecretUnreadable | None:
    if not mailbox.is_fetched:
        return None
    try:
        with MailboxSession(replace(account_of(mailbox), timeout_seconds=PATIENCE_SECONDS)):
            return None
    except (MailServerProblem, SecretUnreadable) as problem:
        return problem


def _sending_problem(mailbox: Mailbox) -> MailServerProblem | SecretUnreadable | None:
    try:
        server = relay_of(mailbox)
        if mailbox.smtp_host and server is not None:
            relay.check(replace(server, timeout_seconds=PATIENCE_SECONDS))
        return None
    except (MailServerProblem, SecretUnreadable) as problem:
        return problem

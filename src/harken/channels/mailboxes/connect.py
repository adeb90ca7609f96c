"""Connecting a mailbox: kept with its channel in one step, and proved by a real sign-in at both servers."""

from dataclasses import replace

from django.db import transaction

from harken.channels.email import relay
from harken.channels.email.accounts import account_of, relay_of
from harken.channels.email.imap import MailboxSession
from harken.channels.mailboxes.troubles import report
from harken.channels.models import Channel, Mailbox, Part
from harken.channels.problems import Problem
from harken.events.record import record

# Somebody waits for the answer with the page open.
PATIENCE_SECONDS = 10


@transaction.atomic
def connect(mailbox: Mailbox, address: str) -> Channel:
    """Keep a mailbox and its channel under this address; a new one is made in the mailbox's workspace."""
    channel = mailbox.channel if mailbox.pk else Channel(workspace=mailbox.workspace)
    channel.address = channel.name = address
    channel.is_active = True
    channel.save()
    mailbox.channel = channel
    mailbox.save()
    # Whatever was wrong with the old settings: with the new ones every part is looked at afresh.
    channel.report_well(*Part)
    record("channel.changed", channel, healthy=True)
    return channel


def problems_of(mailbox: Mailbox) -> dict[str, Problem]:
    """Sign in where the mailbox says, and return the problem of each part whose server does not let us."""
    found = {Part.FETCHING: _fetching_problem(mailbox), Part.SENDING: sending_problem(mailbox)}
    return {str(part): problem for part, problem in found.items() if problem}


def check(mailbox: Mailbox) -> None:
    """Sign in at both servers now; each part gets or loses its trouble by what its server says."""
    problems = problems_of(mailbox)
    mailbox.channel.report_well(*({Part.FETCHING, Part.SENDING, Part.SIGN_IN} - set(problems)))
    for part, problem in problems.items():
        report(mailbox.channel, part, problem)


def _fetching_problem(mailbox: Mailbox) -> Problem | None:
    if not mailbox.is_fetched:
        return None
    try:
        with MailboxSession(replace(account_of(mailbox), timeout_seconds=PATIENCE_SECONDS)):
            return None
    except Problem as problem:
        return problem


def sending_problem(mailbox: Mailbox) -> Problem | None:
    """Sign in at the mailbox's own relay or the installation's, and return what stands in the way."""
    try:
        server = relay_of(mailbox)
        if server is not None:
            relay.check(replace(server, timeout_seconds=PATIENCE_SECONDS), _address(mailbox))
        return None
    except Problem as problem:
        return problem


def _address(mailbox: Mailbox) -> str:
    return mailbox.channel.address if mailbox.channel_id else ""

"""Keys that sign a mailbox's letters: made here, published by the domain's owner, used when they can be found."""

import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from harken.agents.models import Agent
from harken.channels.email.dns import CouldNotAsk, Questions, name_servers
from harken.channels.email.signing import new_keys
from harken.channels.leaving.sending_domain import PATIENCE_SECONDS, domain_of, key_is_published
from harken.channels.models import Channel, DkimKey


class NotPublished(Exception):
    """Signing was not switched on: receivers would not find the key."""

    missing = _(
        "Not switched on: %(host)s does not hold this key yet. New records may take an hour to be seen."
    )
    silent = _(
        "Not switched on: the name servers did not answer, so nobody knows whether the key is published."
    )


@transaction.atomic
def make_key(channel: Channel) -> DkimKey:
    """Return a key that waits for its record to be published; one that waits already is returned again."""
    Channel.objects.select_for_update().get(pk=channel.pk)
    waiting = DkimKey.objects.waiting_for(channel)
    if waiting:
        return waiting
    private, public = new_keys()
    return DkimKey.objects.create(
        workspace_id=channel.workspace_id,
        channel=channel,
        domain=domain_of(channel),
        # A name of its own for each key: the old one stays published while letters are on their way.
        selector=f"harken{timezone.now():%Y%m%d}{secrets.token_hex(2)}",
        private_key=private,
        public_key=public,
    )


def sign_with(key: DkimKey, *, by: Agent, unseen: bool = False) -> None:
    """Sign with a key from now on; `unseen` says to do so without looking. Raises NotPublished."""
    if not unseen:
        name_servers().forget()
        _refuse_unless_published(key)
    key.use(by=by)


def _refuse_unless_published(key: DkimKey) -> None:
    try:
        is_there = key_is_published(key, Questions(seconds=PATIENCE_SECONDS))
    except CouldNotAsk as error:
        raise NotPublished(str(NotPublished.silent)) from error
    if not is_there:
        raise NotPublished(str(NotPublished.missing) % {"host": key.host})

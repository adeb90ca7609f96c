"""Folders of an IMAP account as a source of old letters: opened for reading alone, so that no mark is set."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace

from harken.channels.email.errors import ConnectionLost
from harken.channels.email.imap import ImapAccount, MailboxSession
from harken.channels.history.heads import head_of
from harken.channels.history.sources import Entry, entry_of


class ImapFolder:
    """One folder; its connection stays open between letters and is made anew when it breaks."""

    def __init__(self, account: ImapAccount, folder: str) -> None:
        self._account = replace(account, folder=folder, is_read_only=True)
        self._session: MailboxSession | None = None
        self._open = ExitStack()

    def entries(self) -> Iterator[Entry]:
        with MailboxSession(self._account) as session:
            for uid, head, received_at in session.heads():
                place = f"{self._account.folder}, UID {uid}"
                yield entry_of(self, place, uid, head_of(head), received_at)

    def read(self, entry: Entry) -> bytes | None:
        assert isinstance(entry.key, int)
        with suppress(ConnectionLost):
            return self._signed_in().fetch(entry.key)
        self._open.close()
        self._session = None
        return self._signed_in().fetch(entry.key)

    def _signed_in(self) -> MailboxSession:
        if self._session is None:
            self._session = self._open.enter_context(MailboxSession(self._account))
        return self._session


def folders_of(account: ImapAccount) -> list[str]:
    """Return the folder that the mailbox is fetched from, and that of its sent letters (RFC 6154) if it has one."""
    with MailboxSession(replace(account, is_read_only=True)) as session:
        sent = session.sent_folder()
    return [account.folder, *([sent] if sent and sent != account.folder else [])]

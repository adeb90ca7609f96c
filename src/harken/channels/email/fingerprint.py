"""The hash by which one mail that came by two routes is known as one."""

import hashlib

from harken.channels.email.mime import Part

_PIECE_BYTES = 1 << 20

# What servers on the way add; everything the sender wrote counts.
_TRACE_HEADERS = """
    received received-spf delivered-to return-path envelope-to envelope-from x-envelope-from x-envelope-to
    x-original-to x-delivered-to x-received x-forwarded-to x-forwarded-for x-forwarded-encrypted x-sieve status
    x-status x-uid x-uidl x-imap x-imapbase x-keywords x-mozilla-status x-mozilla-status2 x-mozilla-keys
    content-length lines dkim-signature domainkey-signature dkim-filter authentication-results
    x-authentication-warning arc-seal arc-message-signature arc-authentication-results authentication-results-original
    x-google-dkim-signature x-google-smtp-source x-gm-message-state x-gm-gg x-gm-features x-gmail-labels
    x-spam-status x-spam-score x-spam-level x-spam-flag x-spam-checker-version x-spam-report x-spam-bar x-spam
    x-spamd-result x-spamd-bar x-spamd-queue-id x-rspamd-server x-rspamd-queue-id x-rspamd-action x-virus-scanned
    x-virus-status x-antivirus x-antivirus-status x-originalarrivaltime x-rcpt-to x-yandex-forward x-yandex-front
    x-yandex-spam x-mru-tagged x-original-envelope-id x-loop-count x-ms-exchange-organization-authas
    x-ms-exchange-organization-authsource x-ms-exchange-organization-scl x-peer x-mailfrom x-rcptto
"""
_TRACE = frozenset(_TRACE_HEADERS.split())


def content_sha256(root: Part) -> str:
    """Return a hash of the mail without the marks of its way here, line ends and header folds set aside."""
    digest = hashlib.sha256()
    for name, value in sorted(root.headers.fields):
        if name not in _TRACE and not name.startswith("x-ms-exchange-"):
            digest.update(name.encode() + b":" + b" ".join(value.split()) + b"\n")
    digest.update(b"\n")
    end = root.end
    while end > root.body_start and root.buffer[end - 1] in b"\r\n":
        end -= 1
    for start in range(root.body_start, end, _PIECE_BYTES):
        digest.update(root.buffer[start : min(start + _PIECE_BYTES, end)].replace(b"\r", b""))
    return digest.hexdigest()

"""What a sending domain publishes, and what is missing, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "public-provider": _(
        "Addresses at %(domain)s belong to their provider, who publishes everything. There is nothing to do."
    ),
    "not-asked": _("The name servers did not answer. Look again later."),
    "nobody-asked": _("Nobody was asked: HARKEN_DNS is off on this installation."),
    "mx": _("Mail for %(domain)s is taken by %(hosts)s."),
    "no-mx": _(
        "No mail server is named for %(domain)s (MX), so many receivers refuse letters from it and answers are lost."
    ),
    "spf": _("The record of %(domain)s allows the server that your letters leave by (SPF)."),
    "no-spf": _("%(domain)s does not say which servers may send for it (SPF). Publish this record."),
    "several-spf": _(
        "%(domain)s has several SPF records, and so none counts. Put all into one and take the others away."
    ),
    "broken-spf": _(
        "The SPF record of %(domain)s cannot be followed: it has a mistake, or needs more than ten look-ups."
        " It reads: %(record)s"
    ),
    "spf-without-us": _(
        "The SPF record of %(domain)s does not allow the server that your letters leave by."
        " Put this one in its place; it keeps what stands there and adds %(missing)s."
    ),
    "no-key": _(
        "Harken does not sign letters of %(domain)s (DKIM). Make a key for the mailbox,"
        " unless the outgoing mail server signs them already."
    ),
    "dkim": _("Letters are signed (DKIM), and the key for it is published at %(host)s."),
    "dkim-ready": _("The key is published at %(host)s (DKIM). Signing can be switched on."),
    "key-waits": _("A key waits for its record at %(host)s (DKIM)."),
    "key-missing": _(
        "Letters are signed (DKIM), but receivers cannot find the key, so the signature is worth nothing."
        " Publish this record."
    ),
    "other-key": _("At %(host)s stands another key than ours (DKIM). Put this record in its place."),
    "dmarc": _(
        "%(domain)s asks that letters which prove nothing be put aside or refused (DMARC: %(policy)s)."
    ),
    "dmarc-none": _(
        "%(domain)s has a DMARC record that asks for nothing yet (none). When SPF and DKIM are well for some weeks,"
        " ask for p=quarantine."
    ),
    "no-dmarc": _(
        "%(domain)s does not say what to do with letters in its name that prove nothing (DMARC)."
        " Publish this record; it asks for nothing yet."
    ),
    "several-dmarc": _("There are several DMARC records at %(host)s, and so none counts. Leave one."),
}


def sentence(finding: Mapping[str, Any]) -> str:
    """Return a finding of `sending_domain` in the reader's language."""
    words = _WORDS.get(finding["code"])
    return str(words) % finding["details"] if words else ""

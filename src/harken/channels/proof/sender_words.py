"""What the check of a sender went by, in the reader's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_WHY = {
    "dkim": _("The letter carries a valid signature of %(signer)s (DKIM)."),
    "spf": _("It was handed over by a mail server that %(signer)s allows (SPF)."),
    "policy": _(
        "%(domain)s wants letters that prove nothing to be refused (DMARC), and this one proves nothing."
    ),
    "nothing": _("Nothing in the letter proves that it comes from %(domain)s."),
    "dns": _("The proof could not be looked up: name servers did not answer in time."),
    "results-dmarc": _("The mail server %(server)s has checked it: it comes from %(domain)s (DMARC pass)."),
    "results-dkim": _("The mail server %(server)s has found a valid signature of %(signer)s (DKIM)."),
    "results-spf": _("The mail server %(server)s says that %(signer)s allows the server it came from (SPF)."),
    "results-fail": _(
        "The mail server %(server)s has checked it: it does not come from %(domain)s (DMARC fail)."
    ),
    "results-nothing": _("The mail server %(server)s found no proof that it comes from %(domain)s."),
    "our-name": _(
        "It came in our own name, from %(ours)s, as the form on a website sends it. Nothing proves who filled that in."
    ),
    "no-sender": _("The letter names no sender with a mail address."),
    "several-senders": _("The letter names several senders, so none of them is proved."),
}
_SIGNATURE = {
    "other": _("It is signed by %(domain)s, which says nothing about this sender."),
    "unknown": _("The key of its signature of %(domain)s could not be looked up."),
    "body": _("Its words were changed after %(domain)s had signed it."),
    "signature": _("Its head was changed after %(domain)s had signed it, or the signature is not theirs."),
    "no-key": _("It has a signature of %(domain)s for which %(domain)s publishes no key."),
    "partial": _(
        "A signature of %(domain)s covers only the beginning of the letter, and counts for nothing."
    ),
}
_BROKEN = _("It has a signature of %(domain)s that cannot be checked.")
_SPF = {
    "fail": _("%(domain)s does not allow the server %(ip)s that handed it over (SPF)."),
    "softfail": _("%(domain)s does not expect letters from the server %(ip)s that handed it over (SPF)."),
    "other": _("It was sent in the name of %(domain)s, which says nothing about this sender (SPF)."),
}


def sentences(evidence: Mapping[str, Any]) -> list[str]:
    """Return what the check went by: the reason first, then what else was looked at and proved nothing."""
    if evidence.get("why") not in _WHY:
        return []
    return [str(_WHY[evidence["why"]]) % evidence, *_besides(evidence)]


def _besides(evidence: Mapping[str, Any]) -> Iterator[str]:
    for signature in evidence.get("dkim", []):
        if signature["result"] != "pass":
            words = _SIGNATURE.get(signature["result"]) or _SIGNATURE.get(signature["why"], _BROKEN)
            yield str(words) % signature
    sent_by = evidence.get("spf", {})
    if sent_by.get("result") in _SPF and sent_by.get("domain"):
        yield str(_SPF[sent_by["result"]]) % sent_by

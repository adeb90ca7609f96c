"""What mail programs write around quotes and signatures in HTML: the names they give their elements."""

import re

from harken.channels.email.sheet import Mark

# Web readers and other programs put letters before foreign names: `x_Signature`, `ydp3f2esignature`, `yiv123…`.
_PREFIX = r"(?:^|\s)(?:x_|yiv\d+|ydp[0-9a-z]{1,12}|ecx|m_-?\d+|zimbra_|outlook-|v1)*"
_SIGNATURE = re.compile(
    _PREFIX
    + r"(?:gmail_signature(?:_prefix)?|gmail_default_signature|signature|moz-signature|applemailsignature"
    r"|protonmail_signature_block"
    r"(?:-user|-proton)?|composer_signature|ms-outlook-mobile-signature|yahoo[-_]signature|signature-container"
    r"|js-signature"
    r"|messagesignaturesection|bloop_sign_\d+|bloop_original_html_signature|sh-signature|front-signature"
    r"|zmail_signature|mailbird_signature"
    r"|mobile_signature|android_signature|hse_signature|tutanota_signature|_mailautosig|_mailentsig"
    r"|mail-signature|email-signature)(?:$|\s)",
    re.I,
)
_QUOTE = re.compile(
    _PREFIX + r"(?:yahoo_quoted|zmail_extra|reply-quote|wm-quote|mailru-quote|cafe24-quote|isreplycontent"
    r"|ntes-pcmail-quote|origbody)(?:$|\s)",
    re.I,
)
_ATTRIBUTION = re.compile(
    _PREFIX
    + r"(?:gmail_attr|gmail_quote|gmail_quote_container|moz-cite-prefix|protonmail_quote|tutanota_quote"
    r"|aolreplacedbody|reply-intro|replyintro"
    r"|moz-email-headers-table|quotedprefix|cite-prefix)(?:$|\s)",
    re.I,
)
_HEADER = re.compile(
    _PREFIX
    + r"(?:divrplyfwdmsg|outlookmessageheader|reply-header|replyheader|mail-editor-reference-message)(?:$|\s)",
    re.I,
)
_FORWARD = re.compile(
    _PREFIX + r"(?:moz-forward-container|forwarded-message|forward-container)(?:$|\s)", re.I
)
_KINDS = (
    (_FORWARD, Mark.FORWARD),
    (_SIGNATURE, Mark.SIGNATURE),
    (_HEADER, Mark.HEADER),
    (_ATTRIBUTION, Mark.ATTRIBUTION),
    (_QUOTE, Mark.QUOTE),
)
_LONGEST_NAME = 200
# Outlook draws a line above the header of what it quotes.
_RULED = re.compile(r"border-top(?:-style)?:\s*(?:[\d.]+p[tx]\s+)?solid", re.I)


def mark_of(attribute: str, value: str) -> str:
    """Return the mark that an attribute of an element gives to what is inside, `""` when it says nothing."""
    if attribute.startswith("data-signature"):
        return Mark.SIGNATURE
    if attribute == "name" and value == "quote":
        return Mark.QUOTE
    name = value[:_LONGEST_NAME]
    return next((mark for pattern, mark in _KINDS if pattern.search(name)), Mark.NONE)


def is_ruled(style: str) -> bool:
    """Say whether an element has a line drawn above it."""
    return bool(_RULED.search(style[: _LONGEST_NAME * 5]))

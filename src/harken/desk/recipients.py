"""Whom a message goes to, in words."""

from django.utils.translation import gettext as _


def whom_in_words(to: str, cc: str = "", bcc: str = "") -> str:
    """Return "to …, cc …, bcc …"; only what is there is named, so that a letter to us alone names nobody."""
    if to and cc:
        open_ones = _("to %(to)s, cc %(cc)s") % {"to": to, "cc": cc}
    elif cc:
        open_ones = _("cc %(cc)s") % {"cc": cc}
    else:
        open_ones = _("to %(to)s") % {"to": to} if to else ""
    if not bcc:
        return open_ones
    hidden = _("bcc %(bcc)s") % {"bcc": bcc}
    return _("%(open)s, %(hidden)s") % {"open": open_ones, "hidden": hidden} if open_ones else hidden

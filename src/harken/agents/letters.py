"""Harken's own letters to its people: a few sentences, and mostly one link. As text and as HTML, in their language."""

from dataclasses import dataclass
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from harken.agents.models import User
from harken.workspaces.models import Workspace

# What happened to somebody's keys, by allauth's word for it.
KEYS = {
    "webauthn_added": gettext_noop(
        "A passkey was added to your account %(address)s. It signs in without anything else."
    ),
    "webauthn_removed": gettext_noop("A passkey was removed from your account %(address)s."),
    "totp_activated": gettext_noop("An authenticator app was added to your account %(address)s."),
    "totp_deactivated": gettext_noop("The authenticator app was removed from your account %(address)s."),
    "recovery_codes_generated": gettext_noop(
        "New recovery codes were made for your account %(address)s. The old ones open nothing."
    ),
    "reset": gettext_noop(
        "Whoever runs this Harken removed passkeys, app and recovery codes from your account %(address)s, "
        "and signed it out everywhere."
    ),
}


@dataclass(frozen=True)
class Letter:
    """What a letter says; `link` and the words on its button may be empty."""

    subject: str
    before: str
    after: str
    link: str = ""
    button: str = ""

    @property
    def text(self) -> str:
        parts = (self.before, self.link, self.after)
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def html(self) -> str:
        """The same as a page in the language of the moment."""
        language, is_right_to_left = translation.get_language(), translation.get_language_bidi()
        context = {"letter": self, "language": language, "is_right_to_left": is_right_to_left}
        return render_to_string("agents/letter.html", context)


def send(letter: Letter, address: str, *, message_id: str = "", reply_to: str = "") -> None:
    """Hand the letter to the relay. Raises OSError or smtplib.SMTPException when it is not taken."""
    # Auto-Submitted (RFC 3834): no absence note answers what no human wrote.
    message_id = message_id or make_msgid(domain=urlsplit(settings.HARKEN_URL).hostname)
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": message_id}
    mail = EmailMultiAlternatives(
        " ".join(letter.subject.split()),
        letter.text,
        to=[address],
        headers=headers,
        reply_to=[reply_to] if reply_to else None,
    )
    mail.attach_alternative(letter.html, "text/html")
    mail.send()


def sign_in(link: str) -> Letter:
    return Letter(
        subject=_("Your link to sign in"),
        before=_("Somebody, probably you, asked for a link to sign in. It works once, for 15 minutes."),
        link=link,
        button=_("Sign in"),
        after=_("If it was not you, do nothing: without this letter the link is of no use to anybody."),
    )


def invitation(link: str, workspace: Workspace) -> Letter:
    name = {"workspace": workspace.name}
    words = _(
        "Your colleagues at %(workspace)s answer their customers with Harken, and ask you to join. "
        "The link works once, for 7 days."
    )
    return Letter(
        subject=_("You are invited to %(workspace)s") % name,
        before=words % name,
        link=link,
        button=_("Join %(workspace)s") % name,
        after=_("If you do not know them, do nothing."),
    )


def password_reset(link: str) -> Letter:
    return Letter(
        subject=_("A new password"),
        before=_(
            "Somebody, probably you, asked to set a new password for this address. The link works once, for an hour."
        ),
        link=link,
        button=_("Set a new password"),
        after=_("If it was not you, do nothing: your password stays as it is."),
    )


def password_changed(user: User) -> Letter:
    words = _("The password for %(address)s was changed, and all other devices were signed out.")
    advice = _(
        "If it was not you, ask for a link on the sign-in page and set another password at once: %(page)s"
    )
    return Letter(
        subject=_("Your password was changed"),
        before=words % {"address": user.email},
        after=advice % {"page": settings.HARKEN_URL},
    )


def key_changed(user: User, what: str) -> Letter:
    """Tell somebody that one of their keys is new or gone; `what` is one of KEYS."""
    advice = _("If it was not you, sign in, set another password, and remove what you do not know: %(page)s")
    return Letter(
        subject=_("Your ways to sign in were changed"),
        before=_(KEYS[what]) % {"address": user.email},
        after=advice % {"page": settings.HARKEN_URL},
    )

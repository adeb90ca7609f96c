"""What can go wrong with a mail server, worded for the person who set the mailbox up."""

import smtplib
import socket
import ssl

from django.utils.translation import gettext_lazy as _

from harken.channels.email.header_lines import clean
from harken.channels.problems import Problem

LONGEST_WORDS = 400


class MailServerProblem(Problem):
    """Base of all: `sentence` says what happened, what is safe and what to do."""

    happened = _("The mail server {server} could not be used.")
    advice = _("Check the server's settings.")

    def __init__(self, server: str, *, words: str = "", safe: str = "") -> None:
        super().__init__(words=clean(words)[:LONGEST_WORDS], safe=safe, server=server)
        self.server = server


class ServerNotFound(MailServerProblem):
    """The host name has no address."""

    happened = _("The mail server {server} was not found: no such name is known.")
    advice = _("Check the spelling of the server's name.")
    mended_at = "host"


class ServerNotListening(MailServerProblem):
    """Nothing answers on the port, or the network does not reach it."""

    happened = _("The mail server {server} does not accept connections.")
    advice = _("Check the name and the port; a firewall may also be in the way.")
    mended_at = "port"


class ServerSilent(MailServerProblem):
    """The connection stands and no answer comes in time."""

    happened = _("The mail server {server} does not answer.")
    advice = _("If this lasts, check the port and the kind of encryption, or ask your mail provider.")


class ConnectionLost(MailServerProblem):
    """The server hung up in the middle of a conversation."""

    happened = _("The mail server {server} broke off the connection.")
    advice = _("Harken connects again by itself.")


class NotAnImapServer(MailServerProblem):
    """Something answers, and it speaks another protocol."""

    happened = _("What answers on {server} is no IMAP server.")
    advice = _("Check the port: IMAP usually has 993 (TLS) or 143 (STARTTLS).")
    mended_at = "port"


class CertificateNotTrusted(MailServerProblem):
    """The certificate is self-signed, expired, or made for another name."""

    happened = _("The certificate of the mail server {server} is not trusted, so no password was sent to it.")
    advice = _("Use the name the certificate was made for, or have the server's certificate renewed.")
    mended_at = "host"


class EncryptionNotOffered(MailServerProblem):
    """The server does not speak TLS where it was asked to."""

    happened = _(
        "The mail server {server} does not offer the encryption that is set, so no password was sent."
    )
    advice = _("Choose another port or another kind of encryption.")
    mended_at = "security"


class EncryptionRequired(MailServerProblem):
    """The server takes passwords on encrypted connections only."""

    happened = _("The mail server {server} takes passwords on encrypted connections only.")
    advice = _("Choose TLS or STARTTLS.")
    mended_at = "security"


class WrongPassword(MailServerProblem):
    """The server knows neither this user nor this password."""

    happened = _("The mail server {server} did not accept the user name or the password.")
    advice = _("Enter them again; some providers want a password made for this program alone.")
    mended_at = "password"


class SignInAgain(MailServerProblem):
    """The provider has taken back its leave to use the mailbox, or it ran out."""

    happened = _("{server} no longer lets this desk use the mailbox.")
    advice = _("Open the mailbox in the settings and sign in at the provider again.")
    mended_at = "sign-in"


class TokenServerAway(MailServerProblem):
    """The server that gives out tokens cannot be reached or does not do its work."""

    happened = _("{server}, which lets this desk into the mailbox, could not be asked.")
    advice = _("Harken tries again by itself. If this lasts, check the network and the provider's state.")


class TokenRefused(MailServerProblem):
    """The mail server does not take a token that its provider gave a moment ago."""

    happened = _("The mail server {server} does not accept the provider's sign-in.")
    advice = _(
        "Check that IMAP and SMTP are allowed for this mailbox, and that the user name is the one you signed in with."
    )
    mended_at = "sign-in"


class RegistrationRefused(MailServerProblem):
    """The provider does not know the client id, its secret or the address to return to."""

    happened = _("{server} does not know this desk: client id, secret or return address are not right.")
    advice = _("Compare them with the registration at the provider.")
    mended_at = "sign-in"


class SignInNotOffered(MailServerProblem):
    """A password is set and the server has no way to take it."""

    happened = _("The mail server {server} offers no way to sign in with a password.")
    advice = _("Remove user name and password, or choose the port that is meant for sending.")
    mended_at = "password"


class FolderMissing(MailServerProblem):
    """The folder to read from cannot be opened."""

    happened = _("The folder to read from could not be opened on the mail server {server}.")
    advice = _("Check the folder's name, and whether this user may read it.")
    mended_at = "folder"


class MarkingRefused(MailServerProblem):
    """A stored mail could not be flagged or moved."""

    happened = _("New mail arrives, but the mail server {server} refuses to mark it as handled.")
    advice = _("Check whether this user may change the folder, and whether the mailbox is full.")


class MessageRefused(MailServerProblem):
    """The server lists a mail and does not hand it over."""

    happened = _("The mail server {server} lists a mail that it does not hand over. Other mail arrives.")
    advice = _("Open that mail in another mail program, or ask your mail provider.")


class RefusedByServer(MailServerProblem):
    """Any other refusal, in the server's words."""

    happened = _("The mail server {server} refused.")
    advice = _("Harken tries again by itself. If this lasts, ask your mail provider.")


class CannotStore(MailServerProblem):
    """Our own side cannot keep a mail now: database or disk."""

    happened = _("A mail from {server} could not be stored.")
    advice = _("Check the database and the free space on the disk (`harken doctor`).")


def problem_from(error: OSError, server: str, safe: str = "") -> MailServerProblem:
    """Turn what the network or smtplib, whose errors are OSErrors too, raised into one of ours."""
    if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        # smtplib keeps the true reason, a timeout for instance, only as the context of its own error.
        error = error.__context__
    for kind, ours in _KINDS:
        if isinstance(error, kind):
            # Of these our own side tells; the server said nothing.
            words = _words(error) if ours not in (ServerSilent, ServerNotFound) else ""
            return ours(server, words=words, safe=safe)
    return ServerNotListening(server, words=_words(error), safe=safe)


def _words(error: OSError) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.strerror or ""


_KINDS: tuple[tuple[type[OSError], type[MailServerProblem]], ...] = (
    (ssl.SSLCertVerificationError, CertificateNotTrusted),
    (ssl.SSLEOFError, ConnectionLost),
    (ssl.SSLError, EncryptionNotOffered),
    (socket.gaierror, ServerNotFound),
    (TimeoutError, ServerSilent),
    (ConnectionResetError, ConnectionLost),
    (BrokenPipeError, ConnectionLost),
    (smtplib.SMTPException, ConnectionLost),
)

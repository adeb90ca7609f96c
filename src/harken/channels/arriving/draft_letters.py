"""Telling a colleague, at their own address, that their letter was not sent: with what arrived, and with their text.

They answer that letter to send: its address was given to them alone, and its Message-ID says what it has shown them.
"""

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from harken.agents import letters
from harken.channels.email.signatures import Signed, notice_id, reply_address
from harken.channels.leaving.outgoing import address_of
from harken.events.jobs import job
from harken.tickets.models import Draft, Message

MOST_SHOWN = 10
LETTERS_SHOWN = 2_000


@job(queue="mail")
def tell_of_draft(workspace_id: int, draft_id: int) -> None:
    draft = (
        Draft.objects.filter(pk=draft_id).select_related("ticket__workspace", "workspace", "agent").first()
    )
    if draft:
        tell(draft)


def tell(draft: Draft) -> None:
    """Write to a draft's writer why it was not sent. Raises OSError or smtplib.SMTPException when it cannot leave."""
    ticket, agent = draft.ticket, draft.agent
    if ticket is None:
        with translation.override(agent.user.language):
            letters.send(about_first_letter(draft), agent.email)
        return
    mailbox = address_of(ticket)
    about = Signed(ticket.pk, agent.pk, ticket.last_position)
    with translation.override(agent.user.language):
        letters.send(
            letter_about(draft),
            agent.email,
            message_id=f"<{notice_id(ticket.workspace, mailbox, about)}>",
            reply_to=reply_address(ticket.workspace, mailbox, ticket.pk, agent.pk) if mailbox else "",
        )


def letter_about(draft: Draft) -> letters.Letter:
    """Return what the letter says, in the language of the moment."""
    ticket = draft.written_on
    parts = [
        str(draft.get_why_display()),
        _("The text is safe: it waits as your draft on the request."),
        *_news(draft),
        _("The text:"),
        draft.text or _("(no words, only files)"),
    ]
    subject = _("Not sent: %(number)s %(subject)s")
    return letters.Letter(
        subject=subject % {"number": ticket.short_number, "subject": ticket.title},
        before="\n\n".join(parts),
        link=ticket.workspace.url_for(f"tickets/{ticket.number}/"),
        button=_("Open the request"),
        after=_what_to_do(draft),
    )


def about_first_letter(draft: Draft) -> letters.Letter:
    """The same of one that was to begin a request."""
    whom = draft.recipients.get("to", "")
    parts = [
        str(draft.get_why_display()),
        _("It was to go to %(whom)s.") % {"whom": whom},
        _("The text is safe: it waits as your draft."),
        _("The text:"),
        draft.text or _("(no words, only files)"),
    ]
    return letters.Letter(
        subject=_("Not sent: %(subject)s") % {"subject": draft.subject or whom},
        before="\n\n".join(parts),
        link=draft.workspace.url_for(f"requests/new/?letter={draft.key}"),
        button=_("Open the letter"),
        after="",
    )


def _what_to_do(draft: Draft) -> str:
    answer = _("Or answer this letter with the words the customer shall read: they are sent.")
    if draft.why == Draft.Why.UNVERIFIED:
        # Somebody else may have written it: it must not leave by a slip.
        return f"{answer} " + _("If you did not write it, do nothing: nobody else sees it.")
    return f"{answer} " + _("An answer without words sends your text as it stands.")


def _news(draft: Draft) -> list[str]:
    unseen = draft.written_on.messages.after(draft.seen_up_to).that_must_be_seen_by(draft.agent)
    newest = unseen.select_related("author_agent__user", "author_contact").order_by("-position")
    messages, more = list(newest[:MOST_SHOWN]), unseen.count() - MOST_SHOWN
    if not messages:
        return []
    told = ngettext(
        "(%(count)d more before: open the request.)", "(%(count)d more before: open the request.)", more
    )
    earlier = [told % {"count": more}] if more > 0 else []
    return [_("What arrived:"), *earlier, *map(_said, reversed(messages))]


def _said(message: Message) -> str:
    words = message.visible_text or message.text
    cut = "…" if len(words) > LETTERS_SHOWN else ""
    return f"{message.author_name}:\n“{words[:LETTERS_SHOWN].strip()}{cut}”"

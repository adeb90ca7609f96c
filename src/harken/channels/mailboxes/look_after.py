"""Looking after a mailbox: can it send, does its test letter come back, is it more silent than usual?

Whether it can be fetched, the thread that fetches it says by itself: it signs in anew every two minutes.
"""

from harken.channels.mailboxes.connect import sending_problem
from harken.channels.mailboxes.heartbeat import beat
from harken.channels.mailboxes.silence import listen
from harken.channels.mailboxes.troubles import report
from harken.channels.models import Mailbox, Part


def look_after(mailbox: Mailbox) -> None:
    """Look at every part of a mailbox that nobody else looks at; each gets or loses its own trouble."""
    if not mailbox.channel.is_active:
        return
    problem = sending_problem(mailbox)
    if problem:
        report(mailbox.channel, Part.SENDING, problem)
    else:
        mailbox.channel.report_well(Part.SENDING)
    beat(mailbox)
    listen(mailbox)

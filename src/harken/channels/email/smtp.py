"""Sending: one conversation with a relay, one honest outcome per recipient.

`smtplib.send_message` hides partial refusals, and the moment from which silence may mean "sent".
So the steps are taken one by one: MAIL, each RCPT, DATA, the text, the end of the text, the reply.
"""

import atexit
import select
import smtplib
from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from harken.channels.contract import Outcome, OutcomeState, Outgoing
from harken.channels.email.compose import compose, needs_utf8
from harken.channels.email.connections import Connections
from harken.channels.email.errors import MailServerProblem, WrongPassword
from harken.channels.email.header_lines import NotAnAddress, clean, wire_address
from harken.channels.email.relay import SAFE, Relay

Sign = Callable[[bytes], bytes]

LONGEST_WORDS = 500
CHUNK_BYTES = 64 * 1024
CREDENTIALS_WANTED = (530, 535, 538)

NO_SUCH_ADDRESS = _("This is not a mail address.")
NEEDS_UTF8 = _("The outgoing mail server cannot handle addresses with letters outside ASCII.")
SILENT_AFTER_TEXT = _("The mail server got the whole message and then fell silent. It may have been sent.")

connections = Connections()
atexit.register(connections.close)


class Outcomes(dict[str, Outcome]):
    """One Outcome per recipient; `problem` is set when the relay itself is at fault, for the channel's health."""

    problem: MailServerProblem | None = None


class _Stopped(Exception):
    """The conversation ended early: `outcome` is that of every recipient who has none yet."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.words)
        self.outcome = outcome


class _Reply(NamedTuple):
    code: int
    said: bytes

    @property
    def words(self) -> str:
        return clean(f"{self.code} {self.said.decode('utf-8', 'replace')}")[:LONGEST_WORDS]

    @property
    def refusal(self) -> Outcome:
        # 4xx is "come back later" (greylisting), 5xx is "never" (RFC 5321, 4.2.1).
        is_final = 500 <= self.code <= 599
        return Outcome(OutcomeState.FAILED if is_final else OutcomeState.DEFERRED, self.words)


def send(
    relay: Relay,
    envelope_from: str,
    message: Outgoing,
    *,
    before_end: Callable[[], None] = lambda: None,
    sign: Sign = bytes,
) -> Outcomes:
    """Hand the message to the relay; return one Outcome per recipient of this attempt.

    The network never makes it raise. Sending again repeats the same bytes and the same Message-ID.
    `before_end` is called when the server has the text and not yet its end: until then nothing can have been sent.
    An empty `envelope_from` is the sender to whom nothing is ever returned (RFC 5321, 4.5.5). `sign` returns the
    composed letter with a signature of the domain's owner.
    """
    outcomes, wanted = Outcomes(), dict[str, str]()
    for recipient in message.recipients:
        try:
            wanted[recipient] = wire_address(recipient)
        except NotAnAddress:
            outcomes[recipient] = Outcome(OutcomeState.FAILED, str(NO_SUCH_ADDRESS))
    if wanted:
        _send(relay, envelope_from, message, wanted, outcomes, before_end, sign)
    return outcomes


def _send(
    relay: Relay,
    envelope_from: str,
    message: Outgoing,
    wanted: dict[str, str],
    outcomes: Outcomes,
    before_end: Callable[[], None],
    sign: Sign,
) -> None:
    try:
        with connections.connected(relay) as smtp:
            _Conversation(relay, smtp, outcomes, before_end, sign).run(envelope_from, message, wanted)
    except MailServerProblem as problem:
        outcomes.problem = problem
        rest = Outcome(OutcomeState.DEFERRED, problem.sentence)
    except _Stopped as stop:
        rest = stop.outcome
    else:
        return
    for recipient in wanted:
        outcomes.setdefault(recipient, rest)


class _Conversation:
    """The steps from MAIL to the last reply; fills `outcomes` as the answers come."""

    def __init__(
        self,
        relay: Relay,
        smtp: smtplib.SMTP,
        outcomes: Outcomes,
        before_end: Callable[[], None],
        sign: Sign,
    ) -> None:
        self._relay = relay
        self._smtp = smtp
        self._outcomes = outcomes
        self._before_end = before_end
        self._sign = sign
        self._knows_utf8 = smtp.has_extn("smtputf8")
        smtp.command_encoding = "utf-8"

    def run(self, envelope_from: str, message: Outgoing, wanted: dict[str, str]) -> None:
        raw = self._sign(compose(message, utf8=self._knows_utf8))
        sender = wire_address(envelope_from) if envelope_from else ""
        addresses = {each: at for each, at in wanted.items() if self._can_reach(each, at)}
        if not addresses:
            return
        is_plain = f"{sender}{''.join(addresses.values())}".isascii() and not needs_utf8(message)
        self._mail(sender, len(raw), utf8=not is_plain)
        accepted = [each for each, at in addresses.items() if self._rcpt(each, at)]
        if accepted:
            self._outcomes.update(dict.fromkeys(accepted, self._data(raw)))

    def _can_reach(self, recipient: str, address: str) -> bool:
        if self._knows_utf8 or address.isascii():
            return True
        self._outcomes[recipient] = Outcome(OutcomeState.FAILED, str(NEEDS_UTF8))
        return False

    def _mail(self, sender: str, size: int, *, utf8: bool) -> None:
        if utf8 and not (self._knows_utf8 or sender.isascii()):
            raise _Stopped(Outcome(OutcomeState.FAILED, str(NEEDS_UTF8)))
        options = f" SIZE={size}" if self._smtp.has_extn("size") else ""
        options += " SMTPUTF8" if utf8 and self._knows_utf8 else ""
        reply = self._command(f"MAIL FROM:<{sender}>{options}")
        if reply.code in CREDENTIALS_WANTED:
            raise WrongPassword(self._relay.server, words=reply.words, safe=SAFE)
        if reply.code != 250:
            raise _Stopped(reply.refusal)

    def _rcpt(self, recipient: str, address: str) -> bool:
        reply = self._command(f"RCPT TO:<{address}>")
        if reply.code in (250, 251):
            return True
        if reply.code == 421:
            raise _Stopped(reply.refusal)
        self._outcomes[recipient] = reply.refusal
        return False

    def _data(self, raw: bytes) -> Outcome:
        reply = self._command("DATA")
        if reply.code != 354:
            return reply.refusal
        self._hand_over(raw)
        self._before_end()
        self._wait_at_most(self._relay.last_reply_timeout_seconds)
        try:
            # With this line the server may have the message: from here silence is no "not sent".
            self._smtp.send(b".\r\n")
            reply = _Reply(*self._smtp.getreply())
        except OSError:
            # What it says later would be taken for the answer to the next letter.
            self._smtp.close()
            return Outcome(OutcomeState.UNKNOWN, str(SILENT_AFTER_TEXT))
        return _last_word(reply)

    def _hand_over(self, raw: bytes) -> None:
        text = raw.replace(b"\r\n.", b"\r\n..")
        # In pieces, because a socket's timeout is that of one whole call.
        for start in range(0, len(text), CHUNK_BYTES):
            self._smtp.send(text[start : start + CHUNK_BYTES])
        if self._has_answered():
            raise _Stopped(_Reply(*self._smtp.getreply()).refusal)

    def _has_answered(self) -> bool:
        """Tell whether the server spoke or hung up before the end of the text, and so has not got it."""
        if self._smtp.sock is None:
            return False
        poll = select.poll()
        poll.register(self._smtp.sock, select.POLLIN)
        return bool(poll.poll(0))

    def _command(self, line: str) -> _Reply:
        return _Reply(*self._smtp.docmd(line))

    def _wait_at_most(self, seconds: float) -> None:
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(seconds)


def _last_word(reply: _Reply) -> Outcome:
    if 200 <= reply.code <= 299:
        return Outcome(OutcomeState.SENT, reply.words)
    if 400 <= reply.code <= 599:
        return reply.refusal
    return Outcome(OutcomeState.UNKNOWN, reply.words)

"""People's mail programs: what they make of the letters that left, and real letters out to make it of."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage, Message
from email.utils import getaddresses
from itertools import count
from typing import Any

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.channels.arriving.draft_letters import tell
from harken.channels.factories import make_channel
from harken.channels.leaving.deliver import deliver
from harken.channels.models import Arrival
from harken.channels.tests.letters import arrive
from harken.tickets.drafts import draft_of
from harken.tickets.models import Message as Said
from harken.tickets.models import Ticket, Words
from harken.workspaces.factories import make_workspace
from tests.servers.smtp_sink import Letter, SmtpSink

HELP, OURS = "help@fennel.example", "mx.fennel.example"
ANN, DAN, MALLORY = "Ann Baker <ann@crumb.example>", "dan@crumb.example", "mallory@evil.example"
OLGA, KIM = "olga@fennel.example", "kim@fennel.example"
_ids = count(1)


class Post:
    """What leaves the desk, and what people's mail programs make of it."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    @property
    def letters(self) -> list[Letter]:
        """All that came to the outside so far."""
        return list(self.sink.letters)

    def send(self, message: Said) -> list[Letter]:
        """Deliver a message of ours, and return the letters that came to the outside."""
        before = len(self.sink.letters)
        deliver(message)
        return self.sink.letters[before:]

    def tell(self, ticket: Ticket, agent: Agent) -> Letter:
        """Let the colleague be told of their draft, and return that letter."""
        ticket.refresh_from_db()
        draft = draft_of(ticket, agent)
        assert draft is not None
        tell(draft)
        return self.sink.letters[-1]


@contextmanager
def outside(settings: Any) -> Iterator[Post]:
    """A mail server that takes all that leaves; nobody asks name servers."""
    with SmtpSink() as sink:
        settings.HARKEN_DNS = "off"
        settings.HARKEN_RELAY = sink.relay()
        settings.EMAIL_BACKEND = "harken.config.mail.RelayBackend"
        yield Post(sink)


def olga_with_a_mailbox() -> Agent:
    """Olga, in a workspace whose own server says who really sent a letter."""
    workspace = make_workspace()
    make_channel(workspace, HELP, trusts_results_of=OURS)
    return make_agent(workspace, OLGA)


def written(sender: str, text: str, *, to: str = HELP, dmarc: str = "pass", **headers: Any) -> bytes:
    """A letter as it comes in; our own server says in it whether the sender is who they say (`dmarc`)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        sender,
        unfolded(to),
        unfolded(headers.pop("Subject", "Bread")),
    )
    mail["Message-ID"] = headers.pop("Message_ID", f"<{next(_ids)}@mail.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = unfolded(value)
    if dmarc:
        domain = getaddresses([sender])[0][1].rpartition("@")[2]
        mail["Authentication-Results"] = f"{OURS}; dmarc={dmarc} header.from={domain}"
    mail.set_content(text)
    return mail.as_bytes()


def unfolded(header: str) -> str:
    return " ".join(header.split())


def answer_to(letter: Letter | Message, sender: str, text: str, *, to: str = "", **headers: Any) -> bytes:
    """What a mail program sends when somebody presses "Reply": to Reply-To, below the whole letter quoted."""
    got = letter.message if isinstance(letter, Letter) else letter
    body = next(part for part in got.walk() if part.get_content_type() == "text/plain")
    said = bytes(body.get_payload(decode=True)).decode()
    quoted = "".join(f"> {line}\n" for line in said.splitlines())
    chain = f"{got['References'] or ''} {got['Message-ID']}".strip()
    return written(
        sender,
        f"{text}\n\nOn Mon, 23 Nov 2026 at 10:00, Fennel <help@fennel.example> wrote:\n{quoted}"
        if text
        else f"On Mon, 23 Nov 2026 at 10:00, Fennel <help@fennel.example> wrote:\n{quoted}",
        to=to or got["Reply-To"] or got["From"],
        **{
            "Subject": f"Re: {got['Subject']}",
            "In_Reply_To": got["Message-ID"],
            "References": chain,
            **headers,
        },
    )


def asked(text: str = "Where is my bread?", sender: str = ANN, **headers: Any) -> Ticket:
    ticket = arrive(written(sender, text, **headers)).ticket
    assert ticket is not None
    return ticket


def answered(post: Post, olga: Agent, text: str = "In the oven.", **asked_with: Any) -> tuple[Ticket, Letter]:
    """A ticket of Ann's, and the answer of Olga's that left."""
    ticket = asked(**asked_with)
    message = ticket.reply(Words(text), by=olga, seen_up_to=ticket.last_position)
    [letter] = post.send(message)
    return ticket, letter


def evidence(arrival: Arrival, *names: str) -> tuple[Any, ...]:
    return tuple(arrival.evidence.get(name) for name in names)

"""What stands below an answer: the signature of its writer, then that of the mailbox it leaves from."""

from harken.agents.models import Agent
from harken.channels.models import Channel
from harken.tickets.models import Message


def signature_below(message: Message, channel: Channel) -> str:
    """Return the signature of a letter; `""` for the desk's own words and where its writer took it off."""
    return signature_of(message.author_agent, channel) if message.author_agent and message.is_signed else ""


def signature_of(agent: Agent, channel: Channel | None) -> str:
    """Return both signatures with the placeholders `{name}`, `{email}` and `{company}` filled in.

    A word in braces that is none of them stays as it is: people write what they like.
    """
    below = channel.mailbox.signature if channel else ""
    parts = [part.strip() for part in (agent.signature, below) if part.strip()]
    return _filled("\n".join(parts), agent, channel)


def _filled(words: str, agent: Agent, channel: Channel | None) -> str:
    company = (channel.mailbox.from_name if channel else "") or agent.workspace.name
    email = channel.address if channel else agent.email
    for placeholder, value in (("{name}", agent.name), ("{email}", email), ("{company}", company)):
        words = words.replace(placeholder, value)
    return words

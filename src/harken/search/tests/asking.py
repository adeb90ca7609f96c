"""What the tests of search have in common."""

from harken.agents.models import Agent
from harken.search.find import Found, find
from harken.search.keep import fill_next, index_pending, renew_next


def index(agent: Agent) -> None:
    """Do what the worker does, until nothing waits."""
    of = agent.workspace_id
    while index_pending(of) or renew_next(of) or fill_next(of):
        pass


def found_by(agent: Agent, question: str) -> list[str]:
    """The subjects of what a question finds, in order."""
    return subjects(find(agent, question))


def subjects(found: Found) -> list[str]:
    return [hit.message.ticket.subject for hit in found.hits]


def marked(agent: Agent, question: str) -> list[str]:
    """The words that are marked in what is found."""
    hits = find(agent, question).hits
    return [each.text for hit in hits for each in hit.words.stretches if each.is_found]

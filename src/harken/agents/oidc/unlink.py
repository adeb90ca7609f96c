"""Taking away that a provider's account is a colleague's."""

from django.db import transaction

from harken.agents.models import Agent, ProviderAccount
from harken.agents.models.session import Session
from harken.agents.reach import is_limited, leads_to
from harken.events.record import record


@transaction.atomic
def unlink(agent: Agent, *, by: Agent) -> bool:
    """Forget a colleague's accounts at the workspace's provider, and say whether there were any.

    Who is in by one of them is out at once. The account that comes next with the colleague's address, vouched for, is
    theirs from then on.
    """
    gone, _by_model = ProviderAccount.objects.visible_to(by).filter(agent=agent).delete()
    if gone:
        _end_sessions(agent)
        record("agent.unlinked", agent, by=by)
    return bool(gone)


def _end_sessions(agent: Agent) -> None:
    for session in Session.objects.of(agent.user_id):
        kept = session.get_decoded()
        if is_limited(kept) and leads_to(kept, agent.workspace):
            session.delete()
    agent.user.announce_session()

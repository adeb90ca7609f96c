"""The demo workspace: Fennel, who make software for bakeries, with five months of requests behind them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from harken.agents.joining import add_colleague
from harken.agents.links import sign_in_link
from harken.agents.models import Agent
from harken.agents.opening import open_workspace
from harken.channels.models import Channel, Mailbox
from harken.contacts.models import Company, Contact, Identity
from harken.demo.cast import COLLEAGUES, PEOPLE, STRANGERS
from harken.demo.naming import name_things
from harken.demo.people import describe_people
from harken.demo.plot import DAYS, Play, plays
from harken.demo.replies import keep_replies
from harken.demo.rows import Rows, reserved_ids
from harken.demo.scene import Scene
from harken.demo.stage import Stage
from harken.demo.strays import collect_strays
from harken.lib.names import sort_key
from harken.search.keep import begin_filling
from harken.tickets.models import Message, Ticket
from harken.workspaces import wall
from harken.workspaces.models import TicketCounter, Workspace

SLUG, NAME, MAILBOX, ZONE = "fennel", "Fennel", "help@fennel.example", "Europe/Lisbon"
# The request that everybody knows from the drawings has the number that it has there.
FAMOUS, FAMOUS_NUMBER = "priya@crumbandco.example", 4817


class SignIn(NamedTuple):
    """A colleague of the demo and a link that signs in as them once, within 15 minutes."""

    name: str
    role: str
    email: str
    link: str


def furnish() -> Workspace:
    """Return the demo workspace, made now unless it is there already. Twice is harmless; nothing leaves by mail."""
    return Workspace.objects.named(SLUG).first() or _make(timezone.now())


def sign_in_links() -> list[SignIn]:
    """Return a fresh link for each of the demo's colleagues, the owner first; none when there is no demo."""
    workspace = Workspace.objects.named(SLUG).first()
    if workspace is None:
        return []
    with wall.inside(workspace.pk):
        agents = {agent.email: agent for agent in Agent.objects.filter(workspace=workspace).active()}
    present = [agents[colleague.email] for colleague in COLLEAGUES if colleague.email in agents]
    return [_sign_in(agent, workspace) for agent in present]


def _sign_in(agent: Agent, workspace: Workspace) -> SignIn:
    link = sign_in_link(agent.user, then=workspace.path)
    return SignIn(agent.name, str(agent.get_role_display()), agent.email, link)


@transaction.atomic
def _make(now: datetime) -> Workspace:
    workspace = _opened(now)
    with wall.inside(workspace.pk):
        told = plays(now, workspace.zone)
        stage = _stage(workspace, told)
        _tell(told, stage)
        collect_strays(stage.rows, stage.channel, now)
        stage.rows.write()
        _recall_when_heard(stage)
        keep_replies(stage.agents)
        describe_people(workspace, stage.agents, stage.identities, now)
        name_things(workspace, stage.agents, stage.identities)
        begin_filling(stage.rows.workspace.pk)
        stage.channel.note_received(max(arrival.received_at for arrival in stage.rows.arrivals))
    return workspace


def _recall_when_heard(stage: Stage) -> None:
    """Tell of each contact when they wrote last themselves."""
    for message in stage.rows.messages:
        if message.author_contact and not message.is_automatic:
            message.author_contact.note_heard(message.created_at)


def _opened(now: datetime) -> Workspace:
    owner, *others = COLLEAGUES
    workspace = open_workspace(
        NAME, owner_email=owner.email, slug=SLUG, customers_write_to=MAILBOX, time_zone=ZONE
    ).workspace
    for colleague in others:
        add_colleague(workspace, colleague.email, name=colleague.name)
    workspace.created_at = now - timedelta(days=DAYS + 30)
    workspace.save(update_fields=["created_at"])
    workspace.switch("inbox", on=True)
    return workspace


def _stage(workspace: Workspace, told: list[Play]) -> Stage:
    acts = [act for play in told for act in play.acts]
    spoken = sum(act.turn.is_spoken + ("acknowledged" in act.turn.marks) for act in acts)
    channel = Channel.objects.get(workspace=workspace)
    return Stage(
        workspace=workspace,
        channel=channel,
        mailbox=_acknowledging(channel),
        agents=_agents(workspace),
        identities=_identities(workspace, told),
        rows=Rows(workspace),
        message_ids=iter(reserved_ids(Message, spoken)),
    )


def _acknowledging(channel: Channel) -> Mailbox:
    """Let the mailbox thank for every new request, as it does in some of the stories."""
    mailbox = Mailbox.objects.get(channel=channel)
    mailbox.acknowledges = True
    mailbox.save(update_fields=["acknowledges"])
    return mailbox


def _agents(workspace: Workspace) -> dict[str, Agent]:
    agents = {agent.email: agent for agent in Agent.objects.filter(workspace=workspace)}
    for colleague in COLLEAGUES:
        agent = agents[colleague.email]
        agent.describe(
            name=colleague.name,
            signature=colleague.signature,
            language=agent.user.language,
            theme=agent.user.theme,
        )
    return {colleague.key: agents[colleague.email] for colleague in COLLEAGUES}


def _identities(workspace: Workspace, told: list[Play]) -> dict[str, Identity]:
    """Make companies, contacts and their addresses, each known since their first letter; the identities by address."""
    known = _first_moments(told)
    people = sorted(
        (person for person in (*PEOPLE, *STRANGERS) if person.key in known), key=lambda one: known[one.key]
    )
    companies = {person.domain: person for person in reversed(people)}
    made = Company.objects.bulk_create(
        Company(
            workspace=workspace,
            name=person.company,
            sort_key=sort_key(person.company),
            domain=domain,
            created_at=known[person.key],
        )
        for domain, person in companies.items()
    )
    by_domain = {company.domain: company for company in made}
    contacts = Contact.objects.bulk_create(
        Contact(
            workspace=workspace,
            name=person.name,
            sort_key=sort_key(person.name),
            company=by_domain[person.domain],
            created_at=known[person.key],
        )
        for person in people
    )
    identities = Identity.objects.bulk_create(
        Identity(workspace=workspace, contact=contact, address=person.email, created_at=contact.created_at)
        for person, contact in zip(people, contacts, strict=True)
    )
    return {identity.address: identity for identity in identities}


def _first_moments(told: list[Play]) -> dict[str, datetime]:
    """When each person, by their key, first wrote or was copied."""
    mentions = [(act.at, key) for play in told for act in play.acts for key in (act.by.key, act.turn.cc)]
    return {key: at for at, key in sorted(mentions, reverse=True)}


def _tell(told: list[Play], stage: Stage) -> None:
    """Let everything happen in the order in which it happened, tickets numbered as they were opened."""
    first = FAMOUS_NUMBER - _place_of_the_famous(told)
    scenes = [
        Scene(play, stage, ticket_id=ticket_id, count=first + place)
        for place, (play, ticket_id) in enumerate(zip(told, reserved_ids(Ticket, len(told)), strict=True))
    ]
    moments = ((act.at, place, act) for place, play in enumerate(told) for act in play.acts)
    for _at, place, act in sorted(moments, key=lambda moment: moment[:2]):
        scenes[place].play(act)
    TicketCounter.objects.create(workspace=stage.workspace, last=first + len(told) - 1)


def _place_of_the_famous(told: list[Play]) -> int:
    asked: Iterable[int] = (place for place, play in enumerate(told) if play.asker.email == FAMOUS)
    return max(asked)

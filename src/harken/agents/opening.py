"""Opening a workspace: from three answers to a room with an owner in it."""

from collections.abc import Iterator
from itertools import count

from django.db import transaction

from harken.agents import links
from harken.agents.models import Agent, OneTimeLink, User
from harken.events.record import record
from harken.lib.addresses import domain_of, is_public_provider
from harken.lib.transliteration import slug_of
from harken.workspaces import wall
from harken.workspaces.addresses import is_usable
from harken.workspaces.models import Workspace

# When neither the name nor the owner's domain can be spelt with a to z.
PLAIN_SLUG = "desk"


@transaction.atomic
def first_start(secret: str, *, email: str, name: str, **answers: str) -> Agent:
    """Use the owner link up and open the installation's first workspace. Raises LinkGone."""
    links.use(secret, OneTimeLink.Purpose.OWNER)
    return open_workspace(name, owner_email=email, with_sample=True, **answers)


@transaction.atomic
def open_workspace(
    name: str,
    *,
    owner_email: str,
    slug: str = "",
    customers_write_to: str = "",
    language: str = "en",
    time_zone: str = "UTC",
    with_sample: bool = False,
) -> Agent:
    """Make the workspace and its owner, and record `workspace.opened`, which makes the rooms above furnish it.

    Without a slug one is made from the name; `with_sample` puts a request into its room. The
    owner has an account afterwards and no password.
    """
    user = User.objects.known_as(owner_email) or User.objects.create_user(owner_email, language=language)
    # The person who runs the installation says whose address this is: that is proof enough.
    user.prove_address()
    slug = slug or free_slug(name, owner_email)
    workspace = Workspace.objects.create(slug=slug, name=name, language=language, time_zone=time_zone)
    with wall.inside(workspace.pk):
        owner: Agent = Agent.objects.join(workspace, user, role=Agent.Role.OWNER)
        told = {"customers_write_to": customers_write_to, "with_sample": with_sample}
        record("workspace.opened", workspace, by=owner, **told)
    # Somebody is here now: the link of the first start has nothing left to begin.
    OneTimeLink.objects.filter(purpose=OneTimeLink.Purpose.OWNER).open().delete()
    owner.workspace = workspace
    return owner


def free_slug(name: str, email: str) -> str:
    """Return a first word for the workspace's addresses that nobody has: `Фирма Флора` is `firma-flora`."""
    words = (slug_of(name), _company_word(email), PLAIN_SLUG)
    word = next(word for word in words if is_usable(word))
    return next(slug for slug in _numbered(word) if not Workspace.objects.is_taken(slug))


def _company_word(email: str) -> str:
    domain = domain_of(email)
    return "" if is_public_provider(domain) else slug_of(domain.partition(".")[0])


def _numbered(word: str) -> Iterator[str]:
    yield word
    yield from (f"{word[:40].rstrip('-')}-{number}" for number in count(2))

from typing import Any

from harken.contacts.models import Company, Contact, Identity
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace


def make_contact(
    workspace: Workspace | None = None,
    email: str = "ann@crumb.example",
    name: str = "Ann Baker",
    company: Company | None = None,
    **fields: Any,
) -> Contact:
    """A customer known by one mail address (`""`: by none)."""
    workspace = workspace or make_workspace()
    contact = Contact.objects.create(workspace=workspace, name=name, company=company, **fields)
    if email:
        Identity.objects.create(workspace=workspace, contact=contact, address=email)
    return contact


def make_company(
    workspace: Workspace | None = None, name: str = "Crumb & Co", domain: str = "crumb.example", **fields: Any
) -> Company:
    """A bakery."""
    return Company.objects.create(workspace=workspace or make_workspace(), name=name, domain=domain, **fields)

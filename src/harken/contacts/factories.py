from harken.contacts.models import Company, Contact, Identity
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace


def make_contact(
    workspace: Workspace | None = None,
    email: str = "ann@crumb.example",
    name: str = "Ann Baker",
    company: Company | None = None,
) -> Contact:
    """A customer known by one mail address (`""`: by none)."""
    workspace = workspace or make_workspace()
    contact = Contact.objects.create(workspace=workspace, name=name, company=company)
    if email:
        Identity.objects.create(workspace=workspace, contact=contact, address=email)
    return contact

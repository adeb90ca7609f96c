import threading

import pytest
from django.db import connection, transaction

from harken.contacts.models import Company, Contact, Identity
from harken.contacts.recognise import recognise
from harken.workspaces import wall
from harken.workspaces.factories import make_workspace


@pytest.fixture
def workspace(db):
    return make_workspace()


def test_a_newcomer_becomes_a_contact_with_the_company_of_their_domain(workspace):
    identity = recognise(workspace, "ann@crumb.example", "Ann Baker")

    assert identity.contact.name == "Ann Baker"
    assert identity.contact.company.domain == "crumb.example"


def test_two_people_of_one_domain_share_the_company(workspace):
    ann, dan = (recognise(workspace, f"{name}@crumb.example") for name in ("ann", "dan"))

    assert ann.contact != dan.contact
    assert ann.contact.company == dan.contact.company


@pytest.mark.parametrize("address", ["ANN@Crumb.Example", " ann@crumb.example ", "<ann@crumb.example>"])
def test_one_address_is_one_person_however_it_is_written(workspace, address):
    known = recognise(workspace, "ann@crumb.example")

    assert recognise(workspace, address) == known


def test_the_same_address_in_another_workspace_is_another_person(workspace):
    ours = recognise(workspace, "ann@crumb.example")
    other = make_workspace()

    theirs = recognise(other, "ann@crumb.example")

    assert theirs != ours
    assert theirs.contact.workspace == other


@pytest.mark.parametrize("address", ["", "nonsense", "ann@gmail.com", f"{'a' * 600}@crumb.example"])
def test_any_address_finds_somebody(workspace, address):
    assert recognise(workspace, address).contact.display_name


@pytest.mark.parametrize("domain", ["gmail.com", "d." * 150 + "example", ""])
def test_a_domain_that_names_no_company_makes_none(workspace, domain):
    recognise(workspace, f"ann@{domain}")

    assert not Company.objects.exists()


def test_an_overlong_name_is_shortened(workspace):
    assert len(recognise(workspace, "ann@crumb.example", "a" * 10_000).contact.name) == 300


def test_a_name_is_one_line_whatever_was_sent(workspace):
    assert recognise(workspace, "ann@crumb.example", "Ann\r\nBcc: x").contact.name == "Ann Bcc: x"


@pytest.mark.django_db(transaction=True)
def test_two_letters_of_one_newcomer_at_once_make_one_contact():
    workspace = make_workspace()
    ready = threading.Barrier(2)
    found = []

    def write() -> None:
        with wall.inside(workspace.pk), transaction.atomic():
            ready.wait()
            found.append(recognise(workspace, "ann@crumb.example", "Ann").contact_id)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert (Contact.objects.count(), Identity.objects.count(), Company.objects.count()) == (1, 1, 1)

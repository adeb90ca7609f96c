import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.contacts.factories import make_contact
from harken.contacts.models import Company, Contact, Identity
from harken.desk.tests.visits import Visitor, texts
from harken.tickets.factories import make_ticket
from harken.tickets.models import Words

pytestmark = pytest.mark.django_db


def offered(visitor: Visitor, asked: str) -> list[str]:
    return [
        str(each.attributes["data-value"])
        for each in visitor.look("people/choices", q=asked).css("[role=option]")
    ]


def known(visitor: Visitor, email: str, name: str = "") -> None:
    contact = make_contact(visitor.workspace, email)
    contact.name = name
    contact.save()


def test_people_are_found_by_name_address_domain_and_company(olga: Visitor):
    known(olga, "ann@crumb.example", "Ann Baker")
    known(olga, "bob@rye.example", "Bob 山田")
    company = Company.objects.create(workspace=olga.workspace, name="Rye & Sons")
    Contact.objects.filter(name__startswith="Bob").update(company=company)

    for asked in ("baker", "ANN@", "crumb.ex", "ann"):
        assert offered(olga, asked) == ["ann@crumb.example"], asked
    for asked in ("rye & s", "bob", "山"):
        assert offered(olga, asked) == ["bob@rye.example"], asked
    for asked in ("", " ", "a", "nobody", "%", "\0", "_" * 10_000):
        assert offered(olga, asked) == [], asked


def test_those_written_to_lately_come_first(olga: Visitor):
    for name in ("Ann", "Bob", "Cara"):
        known(olga, f"{name.lower()}@crumb.example", f"{name} Baker")
    ticket = make_ticket(olga.workspace, "cara@crumb.example")
    ticket.reply(Words("Hello"), by=olga.agent, seen_up_to=1)

    assert offered(olga, "crumb") == ["cara@crumb.example", "ann@crumb.example", "bob@crumb.example"]


def test_the_address_that_was_begun_is_the_one_put_in(olga: Visitor):
    known(olga, "ann@crumb.example", "Ann Baker")
    contact = Identity.objects.get().contact
    Identity.objects.create(workspace=olga.workspace, contact=contact, address="baker@home.example")

    assert offered(olga, "Ann B") == ["ann@crumb.example"]
    assert offered(olga, "baker@h") == ["baker@home.example"]


def test_who_has_no_mail_address_is_not_offered_to_write_to(olga: Visitor):
    known(olga, "ann@crumb.example", "Ann Baker")
    Identity.objects.update(kind=Identity.Kind.PHONE, address="+44113496")

    assert offered(olga, "ann") == []
    assert "Ann Baker" in texts(olga.look("people/choices", who="0044113496"), "#meant b")


def test_a_stranger_finds_nobody(olga: Visitor, mallory: Visitor):
    known(olga, "ann@crumb.example", "Ann Baker")

    assert offered(mallory, "ann") == []
    assert mallory.client.get(olga.path("people/choices"), {"q": "ann"}).status_code == 404


def test_it_costs_as_many_queries_however_many_fit(olga: Visitor):
    counts = []
    for number in range(2):
        for each in range(3):
            known(olga, f"ann{number}{each}@crumb{number}{each}.example", "Ann Baker")
        offered(olga, "ann")
        with CaptureQueriesContext(connection) as asked:
            offered(olga, "ann")
        counts.append(len(asked))

    assert counts[0] == counts[1]

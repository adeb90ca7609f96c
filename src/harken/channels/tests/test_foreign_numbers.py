"""Other desks' numbers: what is found in a subject, what is not, and that looking is never slow."""

import time

import pytest

from harken.channels.models import ForeignPattern
from harken.channels.proof.foreign_numbers import NotATemplate, checked_template, numbers_in
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("[Ticket#2024110410000017] Your order", "[Ticket#2024110410000017]"),
        ("Re: [Ticket#: 2024110410000017] Order", ""),
        ("[#12345] Your order", "[#12345]"),
        ("Re: Order (Ticket ID: ABC-123)", "Ticket ID: ABC-123"),
        ("[Case: 00012345] Order", "[Case: 00012345]"),
        ("Order (ref:_00D4xyz._5004abc:ref)", "(ref:_00D4xyz._5004abc:ref)"),
        ("[Request #42] Order", "[Request #42]"),
        ("Request #42: Order", "Request #42"),
        ("##1234567## Order", "##1234567##"),
        ("Заявка №4711: хлеб", "Заявка №4711"),
        ("お問い合わせ番号：20240042", "お問い合わせ番号：20240042"),
        ("Order 42 for Friday", ""),
        ("A case for two", ""),
        ("Case closed: no", ""),
        ("", ""),
    ],
)
def test_the_usual_numbers_are_found_and_plain_words_are_not(subject, words):
    found = numbers_in(make_workspace(), subject)

    assert next(iter(found.values()), "") == words


def test_a_workspace_teaches_its_own(db):
    workspace = make_workspace()
    ForeignPattern.objects.create(workspace=workspace, template=checked_template(" Vorgang-Nr.  * "))

    assert numbers_in(workspace, "AW: vorgang-nr. 4711/b Brot") == {"4711": "vorgang-nr. 4711"}


@pytest.mark.parametrize("template", ["", "no star", "*", "# *", "* and *", "x" * 80 + "*"])
def test_a_template_that_would_find_everything_or_nothing_is_refused(template):
    with pytest.raises(NotATemplate):
        checked_template(template)


@pytest.mark.parametrize("sign", ["(", "[Ticket#", "ref:", "##", "a-", "1", "Request # ", "\\", " "])
def test_no_subject_and_no_template_make_the_search_slow(sign):
    workspace = make_workspace()
    ForeignPattern.objects.create(workspace=workspace, template="(a+)+ * (.*)*$")
    began = time.perf_counter()

    numbers_in(workspace, (sign * 2_000)[:5_000] + "1")

    assert time.perf_counter() - began < 1

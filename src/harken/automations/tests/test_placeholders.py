import pytest

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.automations.placeholders import PLACEHOLDERS, About, fill, holes_in, unknown_in
from harken.tickets.factories import make_ticket
from harken.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga() -> Agent:
    return make_agent()


def ticket_of(agent: Agent, name: str) -> Ticket:
    ticket = make_ticket(agent.workspace, "ann@crumb.example")
    ticket.requester.name = name
    ticket.requester.save()
    return ticket


def test_every_placeholder_is_filled_in(olga: Agent):
    ticket = ticket_of(olga, "Ann Baker")
    text = "\n".join(each.written for each in PLACEHOLDERS)

    filled = fill(text, "", about=About.of(ticket), by=olga)

    assert filled.text.split("\n")[:3] == ["Ann", "Ann Baker", "ann@crumb.example"]
    assert ticket.short_number in filled.text
    assert "Olga\nOlga Petrova" in filled.text
    assert filled.missing == []


def test_what_is_not_known_stays_as_a_hole(olga: Agent):
    ticket = ticket_of(olga, " ")

    filled = fill("Hello {{contact.first_name}}, {{ nonsense }}", "", about=About.of(ticket), by=olga)

    assert filled.text == "Hello {{contact.first_name}}, {{ nonsense }}"
    assert filled.missing == ["{{ contact.first_name }}", "{{ nonsense }}"]


def test_what_is_filled_in_is_text_in_a_form(olga: Agent):
    ticket = ticket_of(olga, "<b>Ann</b> & {{agent.name}}")

    filled = fill("", "<p>{{&nbsp;contact.name }}</p>", about=About.of(ticket), by=olga)

    assert filled.html == "<p>&lt;b&gt;Ann&lt;/b&gt; &amp; {{agent.name}}</p>"


def test_only_what_stands_in_two_braces_is_a_hole():
    text = "{name} {{ }} {{}} {{ a }} {{a}} {{ two\nlines }} {{ x }}" + "{{" * 100_000 + "}}" * 10

    assert holes_in(text) == ["{{ a }}", "{{ x }}"]


def test_unknown_ones_are_named():
    assert unknown_in("{{ contact.name }} {{ customer.name }} {{customer.name}}") == ["{{ customer.name }}"]

from uuid import UUID, uuid4

import pytest
from django.db import connection

from harken.agents.factories import make_agent
from harken.agents.models import Agent
from harken.realtime import Listener
from harken.tickets import locks, presence
from harken.tickets.attendance import attend
from harken.tickets.factories import make_ticket
from harken.tickets.models import AnswerLock, OpenStream, Tab, Ticket, WebProcess
from harken.tickets.presence import browser_of, here

pytestmark = pytest.mark.django_db

PROCESS = UUID(int=1)


def listener(agent: Agent, session: str = "laptop") -> Listener:
    return Listener(uuid4(), session, agent.user_id, (agent.workspace_id,))


def come(agent: Agent, session: str = "laptop", *, process: UUID = PROCESS) -> Listener:
    stream = listener(agent, session)
    attend(process, [stream], [])
    return stream


def doing(agent: Agent) -> list[tuple[str, str, str]]:
    """Who is here, what they do, and on which subject."""
    return [
        (each.agent.name.split()[0], str(each.doing), each.ticket.subject if each.ticket else "")
        for each in here(agent.workspace)
    ]


def read(ticket: Ticket, agent: Agent, session: str = "laptop") -> UUID:
    tab = uuid4()
    presence.read(ticket, by=agent, browser=browser_of(session), tab=tab)
    return tab


def expire(process: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_webprocess SET seen_at = seen_at - interval '1 hour' WHERE id = %s", [process]
        )


def test_whoever_listens_is_here():
    olga = make_agent()

    come(olga)

    assert doing(olga) == [("Olga", "here", "")]


def test_one_person_with_two_browsers_is_here_once_until_both_have_left():
    olga = make_agent()
    laptop, phone = come(olga, "laptop"), come(olga, "phone")

    attend(PROCESS, [], [laptop])

    assert doing(olga) == [("Olga", "here", "")]
    attend(PROCESS, [], [phone])
    assert doing(olga) == []


def test_reading_follows_the_page_opened_last():
    olga = make_agent()
    bread, cake = make_ticket(olga.workspace), make_ticket(olga.workspace, subject="Cake")
    come(olga)
    read(bread, olga)

    last = read(cake, olga)

    assert doing(olga) == [("Olga", "reading", "Cake")]
    presence.close_tab(last, by=olga)
    assert doing(olga) == [("Olga", "reading", "Bread")]


def test_a_page_that_turns_to_another_request_reads_one():
    olga = make_agent()
    bread, cake = make_ticket(olga.workspace), make_ticket(olga.workspace, subject="Cake")
    come(olga)
    tab = read(bread, olga)

    presence.read(cake, by=olga, browser=browser_of("laptop"), tab=tab)
    presence.close_tab(tab, by=olga)

    assert doing(olga) == [("Olga", "here", "")]


def test_writing_comes_before_reading():
    olga = make_agent()
    bread, cake = make_ticket(olga.workspace), make_ticket(olga.workspace, subject="Cake")
    come(olga)
    locks.take(bread, by=olga, browser=browser_of("laptop"))

    read(cake, olga)

    assert doing(olga) == [("Olga", "writing", "Bread")]


def test_what_was_opened_without_a_stream_is_nobodys_reading():
    olga = make_agent()

    read(make_ticket(olga.workspace), olga)

    assert doing(olga) == []


def test_a_colleagues_page_cannot_be_closed_for_them():
    olga = make_agent()
    tom = make_agent(olga.workspace, "tom@fennel.example")
    come(olga)
    tab = read(make_ticket(olga.workspace), olga)

    presence.close_tab(tab, by=tom)

    assert doing(olga) == [("Olga", "reading", "Bread")]


def test_a_browser_that_is_gone_takes_its_pages_and_its_locks_along():
    olga = make_agent()
    ticket = make_ticket(olga.workspace)
    stream = come(olga)
    read(ticket, olga)
    locks.take(ticket, by=olga, browser=browser_of("laptop"))

    attend(PROCESS, [], [stream])

    assert not Tab.objects.exists()
    assert locks.holder_of(ticket) is None


def test_what_one_browser_holds_survives_the_leaving_of_another():
    olga = make_agent()
    ticket = make_ticket(olga.workspace)
    come(olga, "laptop")
    phone = come(olga, "phone")
    locks.take(ticket, by=olga, browser=browser_of("laptop"))

    attend(PROCESS, [], [phone])

    assert locks.holder_of(ticket) is not None


def test_nobody_is_here_by_a_process_whose_lease_is_over():
    olga = make_agent()
    come(olga)

    expire(PROCESS)

    assert doing(olga) == []


def test_another_process_sweeps_away_what_a_killed_one_left():
    olga = make_agent()
    ticket = make_ticket(olga.workspace)
    come(olga)
    locks.take(ticket, by=olga, browser=browser_of("laptop"))
    expire(PROCESS)

    attend(UUID(int=2), [], [])

    assert not OpenStream.objects.exists()
    assert not AnswerLock.objects.exists()
    assert not WebProcess.objects.filter(id=PROCESS).exists()


def test_a_browser_that_went_on_to_another_process_has_not_left():
    olga = make_agent()
    ticket = make_ticket(olga.workspace)
    come(olga)
    read(ticket, olga)
    come(olga, process=UUID(int=2))
    expire(PROCESS)

    attend(UUID(int=2), [], [])

    assert doing(olga) == [("Olga", "reading", "Bread")]


def test_a_process_that_the_database_has_forgotten_is_asked_to_tell_everything_again():
    assert attend(PROCESS, [], []) is False
    assert attend(PROCESS, [], []) is True


def test_coming_twice_is_harmless():
    olga = make_agent()
    stream = listener(olga)

    attend(PROCESS, [stream], [])
    attend(PROCESS, [stream], [])

    assert OpenStream.objects.count() == 1


def test_whoever_left_the_workspace_is_not_here():
    olga = make_agent()
    olga.is_active = False
    olga.save()

    come(olga)

    assert doing(olga) == []

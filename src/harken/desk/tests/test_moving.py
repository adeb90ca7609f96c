"""Moving a message by its page, and taking up a draft."""

import pytest

from harken.agents.factories import make_agent
from harken.contacts.recognise import recognise
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.files.factories import make_file
from harken.tickets.drafts import draft_of, keep_draft
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, ForeignNumber, Ticket, TicketLink, Words
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def bread(olga):
    ticket = make_ticket(olga.workspace, subject="Bread")
    make_message(ticket, "And a cake, please.")
    return ticket


def cake_in(ticket):
    return ticket.messages.get(text__contains="cake")


def test_each_message_leads_to_the_page_that_moves_it(olga, bread):
    page = olga.look(f"tickets/{bread.number}/")

    links = [node.attributes["href"] for node in page.css(f"#message-{cake_in(bread).pk} a")]
    assert f"/{olga.workspace.slug}/messages/{cake_in(bread).pk}/place" in links


def test_the_page_offers_a_new_request_and_what_its_writer_asked_besides(olga, bread):
    other = make_ticket(olga.workspace, subject="Rolls")

    page = olga.look(f"messages/{cake_in(bread).pk}/place")

    values = [node.attributes["value"] for node in page.css("input[name=to]")]
    assert values == ["new", str(other.number), "number"]
    assert attribute(page, "input[name=subject]", "value") == "Bread"


def test_a_message_is_split_off_without_any_script(olga, bread):
    message = cake_in(bread)

    response = olga.post(f"messages/{message.pk}/place", {"to": "new", "subject": "A cake"})

    cake = Ticket.objects.get(subject="A cake")
    assert response.status_code == 302
    assert response["Location"].endswith(f"/tickets/{cake.number}/#message-{message.pk}")
    assert [each.pk for each in cake.messages.all()] == [message.pk]


@pytest.mark.parametrize("typed", ["#{short}", "{short}", "{whole}", " #{short} "])
def test_a_message_goes_to_the_number_that_was_typed(olga, bread, typed):
    target = make_ticket(olga.workspace, "bob@crumb.example")
    number = typed.format(short=target.short_number.lstrip("#"), whole=target.number)

    olga.post(f"messages/{cake_in(bread).pk}/place", {"to": "number", "number": number})

    assert cake_in(target)


def test_a_number_counts_although_a_new_request_was_still_chosen(olga, bread):
    target = make_ticket(olga.workspace, "bob@crumb.example")

    olga.post(
        f"messages/{cake_in(bread).pk}/place", {"to": "new", "subject": "Bread", "number": target.number}
    )

    assert cake_in(target)


@pytest.mark.parametrize("typed", ["", "#", "0", "99999999999999999999", "４２", "bread"])
def test_a_number_that_is_none_moves_nothing_and_says_so(olga, bread, typed):
    response = olga.post(f"messages/{cake_in(bread).pk}/place", {"to": "number", "number": typed})

    assert response.status_code == 422
    assert "Nothing was moved" in texts(read(response), "[role=alert]")[0]
    assert cake_in(bread)


def test_the_last_message_of_a_request_cannot_be_split_off_and_the_page_says_why(olga):
    ticket = make_ticket(olga.workspace)

    response = olga.post(f"messages/{ticket.messages.get().pk}/place", {"to": "new"})

    assert response.status_code == 422
    assert "Nothing was moved" in texts(read(response), "[role=alert]")[0]


def test_both_requests_tell_that_it_was_moved_and_how_they_are_related(olga, bread):
    olga.post(f"messages/{cake_in(bread).pk}/place", {"to": "new", "subject": "A cake"})
    cake = Ticket.objects.get(subject="A cake")

    old, new = olga.look(f"tickets/{bread.number}/"), olga.look(f"tickets/{cake.number}/")

    assert f"moved a message to {cake.short_number}" in texts(old, ".event")[-1]
    assert f"moved a message here from {bread.short_number}" in texts(new, ".event")[-1]
    assert "A cake" in " ".join(texts(old, ".side"))
    assert "Related requests" in texts(new, ".side h2")


def test_moving_back_is_the_first_thing_the_page_offers(olga, bread):
    message = cake_in(bread)
    olga.post(f"messages/{message.pk}/place", {"to": "new"})

    page = olga.look(f"messages/{message.pk}/place")

    assert attribute(page, "input[name=to][checked]", "value") == str(bread.number)


def test_a_colleague_of_another_workspace_moves_nothing(olga, mallory, bread):
    message = cake_in(bread)

    response = mallory.post(f"messages/{message.pk}/place", {"to": "new"})

    assert response.status_code == 404


def test_another_desks_number_stands_beside_the_request(olga, bread):
    known = {"workspace": olga.workspace, "number": "42", "words": "[Ticket#42]"}
    ForeignNumber.objects.create(message=cake_in(bread), address="ann@crumb.example", **known)

    assert "[Ticket#42]" in " ".join(texts(olga.look(f"tickets/{bread.number}/"), ".side"))


def kept(olga, ticket, **words):
    return keep_draft(ticket, olga.agent, Words("Tomorrow.", **words), seen_up_to=1, why="unseen")


def test_a_draft_stands_in_the_composer_with_what_arrived(olga, bread):
    kept(olga, bread)

    page = olga.look(f"tickets/{bread.number}/")

    assert texts(page, ".composer-text") == ["Tomorrow."]
    assert "Not sent" in texts(page, ".composer-news")[0]
    assert "And a cake" in texts(page, ".composer-news")[0]
    assert "Not sent" not in texts(page, "#thread-head")[0], "said once, where the text is"


def test_sending_the_draft_takes_its_files_along_and_ends_it(olga, bread):
    file = make_file(olga.workspace)
    draft = kept(olga, bread, files=(Enclosure(file),))
    page = olga.look(f"tickets/{bread.number}/")
    seen = attribute(page, "[name=seen_up_to]", "value")

    answer = {"kind": "reply", "text": "Tomorrow, at noon.", "seen_up_to": seen, "draft": str(draft.pk)}
    olga.post(f"tickets/{bread.number}/messages/", answer)

    reply = bread.messages.get(kind="reply")
    assert (reply.text, [each.file for each in reply.attachments.all()]) == ("Tomorrow, at noon.", [file])
    assert draft_of(bread, olga.agent) is None


def test_a_refused_draft_is_still_a_draft(olga, bread):
    draft = kept(olga, bread)

    answer = {"kind": "reply", "text": "Tomorrow.", "seen_up_to": "1", "draft": str(draft.pk)}
    response = olga.post(f"tickets/{bread.number}/messages/", answer)

    assert response.status_code == 409
    assert attribute(read(response), "input[name=draft]", "value") == str(draft.pk)
    assert draft_of(bread, olga.agent) == draft


def test_a_draft_is_let_go_by_its_writer_alone(olga, mallory, bread):
    kept(olga, bread)

    assert mallory.post(f"tickets/{bread.number}/draft").status_code == 404
    wall.enter(olga.workspace.pk)
    assert draft_of(bread, olga.agent) is not None
    olga.post(f"tickets/{bread.number}/draft")
    assert draft_of(bread, olga.agent) is None


def test_nobody_sees_a_colleagues_draft(olga, bread):
    kim = Visitor.signed_in(make_agent(olga.workspace))
    kept(olga, bread)

    page = kim.look(f"tickets/{bread.number}/")

    assert texts(page, ".composer-text") == [""]


def asked_to_answer(olga, address, check):
    sender = recognise(olga.workspace, "ann@crumb.example")
    return Ticket.open_for(sender, "Bread", Words("Where?"), reply_to=[address], sender_check=check)


def test_the_composer_warns_where_a_letter_asks_for_its_answer_elsewhere(olga):
    doubtful = asked_to_answer(olga, "ann@home.example", "unverified")
    trusted = asked_to_answer(olga, "ann@home.example", "verified")

    warned = texts(olga.look(f"tickets/{doubtful.number}/"), ".composer")[0]
    told = texts(olga.look(f"tickets/{trusted.number}/"), ".composer")[0]

    assert "nothing proves that ann@crumb.example wrote it" in warned
    assert "ask to be answered at ann@home.example" in told


def test_related_requests_are_read_from_either_end(olga, bread):
    other = make_ticket(olga.workspace, "bob@crumb.example", subject="Rolls")
    TicketLink.between(other, bread)
    TicketLink.between(bread, other)

    assert TicketLink.objects.count() == 1
    assert "Rolls" in " ".join(texts(olga.look(f"tickets/{bread.number}/"), ".side"))
    assert "Bread" in " ".join(texts(olga.look(f"tickets/{other.number}/"), ".side"))

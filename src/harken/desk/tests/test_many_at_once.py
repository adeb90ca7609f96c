import pytest

from harken.agents.factories import make_agent
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.fields import listing
from harken.tickets import bulk
from harken.tickets.factories import make_ticket
from harken.tickets.models import BulkAction, OwnState, Ticket
from harken.tickets.tags import make_tag, put_on
from harken.workspaces import wall

pytestmark = pytest.mark.django_db


def tickets_of(visitor, count=3):
    return [make_ticket(visitor.workspace, subject=f"Question {number}") for number in range(count)]


def act(visitor, tickets, name, **more):
    values = {"act": name, "n": [ticket.number for ticket in tickets], **more}
    return visitor.post("inbox/acts/", values, htmx=True)


def states(tickets):
    return [Ticket.objects.get(pk=ticket.pk).state for ticket in tickets]


def test_several_are_closed_and_undone_at_once(olga):
    tickets = tickets_of(olga)

    told = act(olga, tickets, "close")
    assert "3 requests closed." in told.content.decode()
    assert states(tickets) == ["closed"] * 3

    back = read(told).css_first("form").attributes["action"].removeprefix(f"/{olga.workspace.slug}/")
    assert "3 requests are as they were." in olga.post(back, htmx=True).content.decode()
    assert states(tickets) == ["open"] * 3


def test_undo_leaves_what_others_changed_meanwhile_and_says_so(olga):
    tickets, kim = tickets_of(olga), make_agent(olga.workspace)
    act(olga, tickets, "close")
    Ticket.objects.get(pk=tickets[0].pk).reopen(by=kim)

    said = olga.post(f"inbox/acts/{BulkAction.objects.get().pk}/", htmx=True).content.decode()

    assert "2 requests are as they were. 1 was left" in said
    assert states(tickets) == ["open"] * 3


def test_undo_twice_is_harmless(olga):
    act(olga, tickets_of(olga), "close")
    path = f"inbox/acts/{BulkAction.objects.get().pk}/"

    assert olga.post(path, htmx=True).content == olga.post(path, htmx=True).content


@pytest.mark.parametrize(("until", "has_moment"), [("", False), ("tomorrow", True), ("week", True)])
def test_several_are_set_aside(olga, until, has_moment):
    tickets = tickets_of(olga, 2)

    act(olga, tickets, "set_aside", until=until)

    assert states(tickets) == ["set_aside"] * 2
    assert bool(Ticket.objects.get(pk=tickets[0].pk).set_aside_until) is has_moment


def test_several_are_given_to_a_colleague_who_is_here(olga):
    tickets, kim, gone = tickets_of(olga, 2), make_agent(olga.workspace), make_agent(olga.workspace)
    gone.deactivate(by=olga.agent)

    assert act(olga, tickets, "assign", to=gone.pk).status_code == 422
    act(olga, tickets, "assign", to=kim.pk)

    assert [Ticket.objects.get(pk=ticket.pk).assignee for ticket in tickets] == [kim, kim]


def test_what_cannot_be_done_is_refused_in_words(olga):
    answer = act(olga, tickets_of(olga, 1), "delete")

    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()


def test_everything_in_a_view_is_more_than_what_is_loaded(olga):
    tickets = tickets_of(olga, 4)
    make_ticket(olga.workspace).assign_to(olga.agent, by=olga.agent)

    olga.post("inbox/acts/?view=unassigned", {"act": "close", "all": "1"}, htmx=True)

    assert states(tickets) == ["closed"] * 4
    assert Ticket.objects.open().count() == 1


def test_many_are_done_by_a_worker_and_show_how_far_it_is(olga, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    tickets = tickets_of(olga, 3)

    told = act(olga, tickets, "close")
    action = BulkAction.objects.get()
    assert texts(read(told), ".acts-line span") == ["0 of 3 …"]
    assert states(tickets) == ["open"] * 3

    bulk.go_on(action)
    assert "3 requests closed." in olga.get(f"inbox/acts/{action.pk}/", htmx=True).content.decode()


def test_a_stranger_acts_on_nothing(olga, mallory):
    tickets = tickets_of(olga, 1)
    act(olga, tickets, "close")
    theirs = BulkAction.objects.get().pk

    assert "0 requests" in act(mallory, tickets, "reopen").content.decode()
    assert mallory.post(f"inbox/acts/{theirs}/").status_code == 404
    wall.enter(olga.workspace.pk)
    assert states(tickets) == ["closed"]


def test_closing_offers_the_way_back_and_it_is_gone_once_changed(olga):
    ticket = make_ticket(olga.workspace)
    offer = read(olga.post(f"tickets/{ticket.number}/closure", htmx=True))
    address = offer.css_first("form[action*=undo]").attributes["action"]

    from_the_line = {"HX-Request": "true", "HX-Target": "acts"}
    assert olga.client.post(address, headers=from_the_line).status_code == 200
    wall.enter(olga.workspace.pk)
    assert states([ticket]) == ["open"]
    assert olga.client.post(address, headers=from_the_line).status_code == 422


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("aside", {"time": "written"}),
        ("state", {"state": "accepted"}),
        ("state", {"state": "spam"}),
        ("tags/", {"name": "delivery"}),
    ],
    ids=["aside", "accepted", "spam", "tag"],
)
def test_what_is_done_to_one_request_offers_the_way_back(olga, page: str, asked: dict[str, str]):
    ticket = make_ticket(olga.workspace)

    offer = read(olga.post(f"tickets/{ticket.number}/{page}", asked, htmx=True))

    [back] = offer.css("hx-partial[hx-target='#acts'] form[action*=undo]")
    assert olga.client.post(back.attributes["action"], headers={"HX-Request": "true"}).status_code == 200
    wall.enter(olga.workspace.pk)
    assert states([ticket]) == ["open"]
    assert not ticket.tags.exists()


def test_a_request_is_taken_handed_over_with_a_note_and_given_back(olga):
    ticket, kim = make_ticket(olga.workspace), make_agent(olga.workspace)
    path = f"tickets/{ticket.number}/assignee"

    assert "You have taken it." in olga.post(path, {"to": "me"}, htmx=True).content.decode()
    olga.post(path, {"to": str(kim.pk), "note": "She calls\0 at ten."}, htmx=True)
    assert Ticket.objects.get(pk=ticket.pk).assignee == kim
    assert ticket.messages.last().text == "She calls at ten."
    olga.post(path, {"to": "nobody"}, htmx=True)
    assert Ticket.objects.get(pk=ticket.pk).assignee is None
    refused = olga.post(path, {"to": "99999"}, htmx=True)
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#assign-menu")


def test_the_menu_of_names_works_without_scripts(olga):
    ticket = make_ticket(olga.workspace)

    page = olga.look(f"tickets/{ticket.number}/assignee")
    answer = olga.post(f"tickets/{ticket.number}/assignee", {"to": "me"})

    assert texts(page, "#assign-to button")[0].endswith("I’ll take it")
    assert answer.status_code == 302
    assert Ticket.objects.get(pk=ticket.pk).assignee == olga.agent


def test_a_search_is_saved_renamed_ordered_removed_and_brought_back(olga):
    make_ticket(olga.workspace, subject="Bread")
    olga.post("views/", {"name": "Unanswered", "question": "is:unanswered"})
    olga.post("views/", {"name": "Late", "question": "is:unanswered nosuch:thing", "is_shared": "on"})
    first, second = olga.look("views/").css(".views-form[action]")
    address = first.attributes["action"].removeprefix(f"/{olga.workspace.slug}/")

    page = olga.look("inbox/", view=f"saved-{address.split('/')[1]}")
    assert (texts(page, "h1")[0], texts(page, ".row-subject")) == ("Unanswered", ["Bread"])
    olga.post(address, {"move": "down"})
    olga.post(address, {"name": "To answer", "order": "newest"})
    names = [node.attributes["value"] for node in olga.look("views/").css(".views-form input[name=name]")]
    assert names == ["Late", "To answer"]
    removed = read(olga.post(f"{address}removal"))
    assert "“To answer” was removed." in removed.text()
    olga.post(f"{address}removal", {"undo": "1"})
    assert len(olga.look("views/").css(".views-form")) == 2
    assert second is not None


@pytest.mark.parametrize("name", ["", "\u200e\u200f", "x" * 100])
def test_a_view_that_is_refused_keeps_what_was_typed(olga, name):
    olga.post("views/", {"name": "Late", "question": "is:unanswered"})
    address = attribute(olga.look("views/"), ".views-form[action]", "action")

    made = read(olga.post("views/", {"name": name, "question": "from:ann bread", "is_shared": "on"}))
    changed = olga.post(address.removeprefix(olga.path("")), {"name": name, "order": "newest"})

    assert attribute(made, "input[name=question]", "value") == "from:ann bread"
    assert "checked" in made.css_first("input[name=is_shared]").attributes
    assert changed.status_code == 422
    assert attribute(read(changed), "option[selected]", "value") == "newest"


def test_a_shared_view_is_seen_by_all_and_changed_by_its_owner(olga):
    kim = Visitor.signed_in(make_agent(olga.workspace))
    olga.post("views/", {"name": "Ours", "question": "is:unanswered", "is_shared": "on"})
    olga.post("views/", {"name": "Secret", "question": "is:unanswered"})

    seen = texts(kim.look("inbox/"), "#views")[0]

    assert "Ours" in seen
    assert "Secret" not in seen
    assert not kim.look("views/").css(".views-form")


def test_several_get_a_tag_and_lose_it_by_undo(olga):
    first, second = tickets_of(olga, 2)
    put_on(first, make_tag("late", by=olga.agent), by=olga.agent)

    told = act(olga, [first, second], "tag", tag=" Late ")
    assert "1 request has the tag now." in told.content.decode()
    assert [each.tags.count() for each in (first, second)] == [1, 1]

    olga.post(f"inbox/acts/{BulkAction.objects.get().pk}/", htmx=True)
    assert [each.tags.count() for each in (first, second)] == [1, 0]


def test_a_tag_goes_on_none_that_has_as_many_as_it_can_have(olga, monkeypatch):
    full, fuller, _free = tickets = tickets_of(olga)
    monkeypatch.setattr("harken.tickets.tags.MOST_TAGS", 1)
    for ticket in (full, fuller):
        put_on(ticket, make_tag("stock", by=olga.agent), by=olga.agent)

    told = act(olga, tickets, "tag", tag="late").content.decode()

    assert "1 request has the tag now. 2 were left out: they have" in told
    assert [[tag.name for tag in each.tags.all()] for each in tickets] == [["stock"], ["stock"], ["late"]]


def test_several_lose_a_tag_and_get_it_back_by_undo(olga):
    tickets = tickets_of(olga, 2)
    for ticket in tickets:
        put_on(ticket, make_tag("late", by=olga.agent), by=olga.agent)

    act(olga, tickets, "untag", tag="late")
    assert [each.tags.count() for each in tickets] == [0, 0]

    olga.post(f"inbox/acts/{BulkAction.objects.get().pk}/", htmx=True)
    assert [each.tags.count() for each in tickets] == [1, 1]


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("tag", {"tag": " \u200f"}, "A tag needs a name"),
        ("untag", {"tag": "nowhere"}, "there is no tag “nowhere”"),
        ("own_state", {"state": "7"}, "this state is not there any more"),
        ("own_state", {"state": "x"}, "this state is not there any more"),
    ],
)
def test_a_tag_or_state_that_is_not_there_changes_nothing(olga, name, more, words):
    refused = act(olga, tickets_of(olga, 1), name, **more)

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not BulkAction.objects.exists()


def test_several_are_put_into_a_state_of_ones_own_and_undone(olga):
    tickets = tickets_of(olga, 2)
    own = listing.add(OwnState(name="Duplicate", kind="closed_unsuccessfully"), by=olga.agent)

    act(olga, tickets, "own_state", state=own.pk)
    assert states(tickets) == ["closed_unsuccessfully"] * 2
    assert {each.own_state_id for each in Ticket.objects.all()} == {own.pk}

    olga.post(f"inbox/acts/{BulkAction.objects.get().pk}/", htmx=True)
    assert states(tickets) == ["open"] * 2
    assert {each.own_state_id for each in Ticket.objects.all()} == {None}


@pytest.mark.parametrize(
    ("view", "offered", "not_offered"),
    [
        ("open", {"close", "set_aside", "spam", "wait", "accept", "own_state", "tag"}, {"reopen", "welcome"}),
        ("aside", {"reopen", "close", "wait", "accept", "own_state"}, {"welcome"}),
        ("accepted", {"reopen", "close", "own_state"}, {"welcome", "accept"}),
        (
            "closed",
            {"reopen", "spam", "wait", "accept", "own_state", "tag"},
            {"close", "set_aside", "welcome"},
        ),
        ("spam", {"welcome", "tag"}, {"close", "reopen", "spam", "wait", "accept", "own_state"}),
    ],
)
def test_each_view_offers_what_can_be_done_there(olga, view, offered, not_offered):
    olga.workspace.switch("customising", on=True)
    listing.add(OwnState(name="Duplicate", kind="closed_unsuccessfully"), by=olga.agent)

    page = olga.look("inbox/acts/", view=view)

    acts = {each.attributes["value"] for each in page.css("button[name=act]")}
    assert offered <= acts
    assert not acts & not_offered


@pytest.mark.parametrize(
    ("stands", "name", "becomes"),
    [
        ("close", "reopen", "open"),
        ("close", "spam", "spam"),
        ("close", "wait", "waiting"),
        ("call_spam", "welcome", "open"),
        ("accept", "reopen", "open"),
        ("set_aside", "accept", "accepted"),
    ],
)
def test_wherever_they_stand_they_go_and_come_back(olga, stands, name, becomes):
    tickets = tickets_of(olga, 2)
    for ticket in tickets:
        getattr(ticket, stands)(by=olga.agent)
    before = states(tickets)

    act(olga, tickets, name)
    assert states(tickets) == [becomes] * 2

    olga.post(f"inbox/acts/{BulkAction.objects.get().pk}/", htmx=True)
    assert states(tickets) == before


def test_closed_ones_are_called_by_a_name_of_ones_own_and_back(olga):
    tickets = tickets_of(olga, 2)
    own = listing.add(OwnState(name="Duplicate", kind="closed_unsuccessfully"), by=olga.agent)
    act(olga, tickets, "close")

    act(olga, tickets, "own_state", state=own.pk)
    assert states(tickets) == ["closed_unsuccessfully"] * 2

    olga.post(f"inbox/acts/{BulkAction.objects.latest('pk').pk}/", htmx=True)
    assert states(tickets) == ["closed"] * 2

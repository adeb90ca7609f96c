"""When and to whom an answer leaves, from outside: taken back, set aside, scheduled, forwarded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from harken.agents.factories import make_agent
from harken.channels.factories import make_channel
from harken.desk.tests.visits import Visitor, attribute, read, texts
from harken.files.factories import make_file
from harken.tickets.drafts import draft_of
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Draft, Message, Ticket, Words
from harken.tickets.schedule import schedule
from harken.workspaces import wall

pytestmark = pytest.mark.django_db

BAKER = "baker@mill.example"


@pytest.fixture
def bread(olga: Visitor) -> Ticket:
    make_channel(olga.workspace)
    olga.workspace.own_undo_seconds = 10
    olga.workspace.save()
    return make_ticket(olga.workspace)


@pytest.fixture
def kim(olga: Visitor) -> Visitor:
    return Visitor.signed_in(make_agent(olga.workspace))


def send(visitor, ticket, *, htmx=True, **typed):
    typed = {"kind": "reply", "text": "In the oven.", "seen_up_to": 1} | typed
    return visitor.post(f"tickets/{ticket.number}/messages/", typed, htmx=htmx)


def reply_on(ticket):
    return ticket.messages.get(kind=Message.Kind.REPLY)


def later(ticket, olga, **more):
    at = timezone.now() + timedelta(hours=3)
    return schedule(ticket, Words("Tomorrow."), by=olga.agent, at=at, seen_up_to=1, **more)


def test_an_answer_stands_in_the_thread_at_once_and_can_be_taken_back(olga, bread):
    page = read(send(olga, bread))

    assert texts(page, ".msg-us .leaving") == ["leaves in 10 seconds Take back Z"]
    assert attribute(page, ".leaving button", "data-key") == "z"
    bread.refresh_from_db()
    assert bread.state == Ticket.State.WAITING


def test_a_colleague_sees_that_it_leaves_and_cannot_take_it_back(olga, bread, kim):
    send(olga, bread)
    reply = reply_on(bread)

    assert kim.look(f"tickets/{bread.number}/").css_first(".leaving button") is None
    assert kim.post(f"messages/{reply.pk}/taking-back").status_code == 404
    assert reply_on(bread) == reply


def test_taken_back_the_words_stand_in_the_composer_and_the_thread_is_as_before(olga, bread):
    send(olga, bread, text="Soon!", to="ann@crumb.example", cc="bob@crumb.example", then="close")
    reply = reply_on(bread)

    page = read(olga.post(f"messages/{reply.pk}/taking-back", htmx=True))

    assert texts(page, "textarea[name=text]") == ["Soon!"]
    assert attribute(page, "[name=cc]", "value") == "bob@crumb.example"
    assert "data-resumed" in page.css_first(".composer").attributes
    assert page.css(".msg-us") == []
    bread.refresh_from_db()
    assert bread.is_our_turn
    assert "took an answer back" in texts(olga.look(f"tickets/{bread.number}/"), ".event")[-1]


def test_without_scripts_taking_back_leads_to_the_request_with_the_words(olga, bread):
    send(olga, bread, htmx=False)

    answer = olga.post(f"messages/{reply_on(bread).pk}/taking-back")

    assert answer["Location"].endswith(f"#composer-{bread.number}")
    assert texts(olga.look(f"tickets/{bread.number}/"), "textarea[name=text]") == ["In the oven."]


def test_a_press_that_comes_once_more_after_taking_back_sends_nothing(olga, bread):
    key = "7d0a1c5e-8a2f-4b5e-9f5e-2f1c3a4b5c6d"
    send(olga, bread, key=key)
    olga.post(f"messages/{reply_on(bread).pk}/taking-back", htmx=True)

    again = send(olga, bread, key=key, seen_up_to=2)

    assert again.status_code == 422
    assert "took this answer back" in texts(read(again), ".composer-news")[0]
    assert not bread.messages.filter(kind=Message.Kind.REPLY).exists()


def test_what_has_left_is_not_taken_back_and_the_page_says_so(olga, bread):
    send(olga, bread)
    reply = reply_on(bread)
    reply.deliveries.update(attempts=1, state="sent")

    olga.post(f"messages/{reply.pk}/taking-back")

    assert "it has left already" in " ".join(texts(olga.look(f"tickets/{bread.number}/"), ".say"))


def test_where_the_workspace_wants_no_time_it_leaves_at_once(olga, bread):
    olga.workspace.own_undo_seconds = 0
    olga.workspace.save()

    assert read(send(olga, bread)).css_first(".leaving") is None


@pytest.mark.parametrize(("then", "is_moment"), [("aside-tomorrow", True), ("aside-written", False)])
def test_an_answer_sets_aside_until_a_time_or_until_they_write(olga, bread, then, is_moment):
    send(olga, bread, then=then)

    bread.refresh_from_db()
    assert bread.state == Ticket.State.SET_ASIDE
    assert bool(bread.set_aside_until) == is_moment


def test_a_scheduled_answer_is_shown_to_everybody_with_its_time_and_recipients(olga, bread, kim):
    page = read(send(olga, bread, then="later-tomorrow", cc="bob@crumb.example"))

    [shown] = texts(page, ".scheduled")
    assert "to ann@crumb.example, cc bob@crumb.example" in shown
    assert "09:00" in shown
    assert [texts(page, f".scheduled [value={act}]") for act in ("now", "change", "cancel")] == [
        ["Send now"],
        ["Change"],
        ["Back into the draft"],
    ]
    assert not bread.messages.filter(kind=Message.Kind.REPLY).exists()
    theirs = kim.look(f"tickets/{bread.number}/")
    assert texts(theirs, ".scheduled-acts button") == ["Stop it"]
    assert texts(theirs, "textarea[name=text]") == [""]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"day": "2020-01-01"}, "that time is over"),
        ({"day": "2999-01-01"}, "more than a year away"),
        ({"day": "soon"}, "that is no day"),
        ({"day": "2999-01-01", "clock": "x"}, "that is no time of day"),
        ({}, "choose a day first"),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_and_the_text_kept(olga, bread, typed, words):
    refused = send(olga, bread, then="later-custom", htmx=False, **typed)

    page = read(refused)
    assert refused.status_code == 422
    assert words in texts(page, ".composer-news")[0]
    assert texts(page, "textarea[name=text]") == ["In the oven."]


def test_an_older_page_that_asks_for_something_unknown_is_told_so(olga, bread):
    assert send(olga, bread, then="burn").status_code == 422
    assert not bread.messages.filter(kind=Message.Kind.REPLY).exists()


def test_a_double_click_schedules_once(olga, bread):
    key = "7d0a1c5e-8a2f-4b5e-9f5e-2f1c3a4b5c6d"
    for _ in range(2):
        assert send(olga, bread, key=key, then="later-tomorrow").status_code == 200

    assert Draft.objects.scheduled().count() == 1


def plan(olga, ticket, *, place="tickets/{}/messages/", **typed):
    """Schedule an answer for tomorrow, from an open page."""
    typed |= {"kind": "reply", "text": "Tomorrow.", "seen_up_to": 1, "then": "later-tomorrow"}
    return olga.post(place.format(ticket.number), typed, htmx=True)


def test_scheduling_offers_the_way_back_and_the_words_are_in_the_composer(olga, bread):
    line = read(plan(olga, bread))
    assert "scheduled an answer: it leaves" in texts(line, ".acts-line")[0]
    assert attribute(line, ".acts-line button", "data-key") == "z"

    undo = (attribute(line, ".acts-line form", "action") or "").removeprefix(olga.path(""))
    back = read(olga.post(undo, htmx=True))

    assert texts(back, ".acts-line")[0].startswith("Taken back.")
    assert attribute(back, "hx-partial", "hx-target") == f"#composer-{bread.number}"
    assert texts(back, "textarea[name=text]") == ["Tomorrow."]
    assert "from=1" in (attribute(back, ".composer", "action") or "")
    bread.refresh_from_db()
    assert bread.state == Ticket.State.OPEN


def test_in_the_room_what_one_has_just_scheduled_is_taken_back_in_line(olga, bread, kim):
    told = read(plan(olga, bread, place="room/{}/messages/"))
    assert "scheduled an answer: it leaves" in texts(told, ".ask-body .leaving")[0]
    assert attribute(told, ".ask-body .leaving button", "data-key") == "z"
    theirs = kim.look("room/")
    assert [len(theirs.css(f".leaving{part}")) for part in ("", " button")] == [1, 0]

    back = (attribute(told, ".ask-body .leaving", "action") or "").removeprefix(olga.path(""))
    composer = read(olga.post(back, {"act": "cancel"}, htmx=True))

    assert texts(composer, "textarea[name=text]") == ["Tomorrow."]
    assert olga.look("room/").css(".leaving") == []
    Draft.objects.update(
        leaves_at=timezone.now() + timedelta(hours=9), created_at=timezone.now() - timedelta(days=1)
    )
    days_later = olga.look("room/")
    assert [len(days_later.css(f".leaving{part}")) for part in ("", " button")] == [1, 0]


def test_who_is_led_on_after_closing_takes_it_back_from_the_line(olga, bread):
    olga.workspace.switch("inbox", on=True)
    line = read(send(olga, bread, then="close"))
    assert texts(line, ".acts-line .leaving") == ["leaves in 10 seconds Take back Z"]

    back = (attribute(line, ".acts-line .leaving", "action") or "").removeprefix(olga.path(""))
    led = olga.post(back, htmx=True)

    assert led["HX-Redirect"].startswith(olga.path(f"tickets/{bread.number}/"))
    assert led["HX-Redirect"].endswith(f"#composer-{bread.number}")
    assert draft_of(bread, olga.agent).text == "In the oven."


def test_who_stays_after_closing_takes_it_back_in_the_thread_alone(olga, bread):
    olga.workspace.switch("inbox", on=True)
    olga.agent.user.work_by(density="", after_closing="stay", has_single_keys=True)

    page = read(send(olga, bread, then="close"))

    assert page.css(".acts-line") == []
    assert len(page.css(".leaving button")) == 1


def test_where_it_has_left_at_once_closing_alone_is_taken_back(olga, bread):
    olga.workspace.own_undo_seconds = 0
    olga.workspace.save()

    line = read(send(olga, bread, then="close"))
    assert texts(line, ".acts-line")[0].startswith("Closed.")
    olga.post((attribute(line, ".acts-line form", "action") or "").removeprefix(olga.path("")), htmx=True)

    bread.refresh_from_db()
    assert bread.state == Ticket.State.WAITING
    assert reply_on(bread).text == "In the oven."
    assert read(send(olga, bread, key="")).css(".acts-line") == []


def test_scheduling_uses_up_the_draft_with_its_files(olga, bread):
    draft = Draft.objects.create(
        workspace=olga.workspace, ticket=bread, agent=olga.agent, text="In the oven."
    )
    draft.enclosures.create(workspace=olga.workspace, file=make_file(olga.workspace))

    send(olga, bread, draft=draft.pk, then="later-tomorrow")

    assert draft_of(bread, olga.agent) is None
    assert Draft.objects.scheduled().get().enclosures.count() == 1


def test_it_is_sent_now_changed_and_taken_back_into_the_draft(olga, bread):
    first, second = later(bread, olga), later(bread, olga)
    day = (timezone.localdate() + timedelta(days=9)).isoformat()

    olga.post(f"scheduled/{first.pk}/", {"act": "now"}, htmx=True)
    olga.post(f"scheduled/{second.pk}/", {"act": "change", "day": day, "clock": "10:30"}, htmx=True)
    second.refresh_from_db()
    back = read(olga.post(f"scheduled/{second.pk}/", {"act": "cancel"}, htmx=True))

    assert reply_on(bread).text == "Tomorrow."
    assert timezone.localtime(second.leaves_at).strftime("%H:%M") == "10:30"
    assert texts(back, "textarea[name=text]") == ["Tomorrow."]
    assert back.css(".scheduled") == []


def test_a_colleague_may_stop_it_and_do_nothing_else(olga, bread, kim):
    draft = later(bread, olga)

    kim.post(f"scheduled/{draft.pk}/", {"act": "now"})
    assert Draft.objects.scheduled().exists()
    kim.post(f"scheduled/{draft.pk}/", {"act": "cancel"})

    page = olga.look(f"tickets/{bread.number}/")
    assert "a colleague stopped" in " ".join(texts(page, ".say"))
    assert texts(page, "textarea[name=text]") == ["Tomorrow."]


def test_when_they_write_before_it_waits_as_a_draft_with_a_notice(olga, bread):
    later(bread, olga)
    make_message(bread, "Never mind, it is here.")

    page = olga.look(f"tickets/{bread.number}/")

    assert "something new had arrived" in " ".join(texts(page, ".say"))
    assert texts(page, "textarea[name=text]") == ["Tomorrow."]
    assert page.css(".scheduled") == []


def test_a_message_is_forwarded_from_its_menu_with_what_is_being_written_above(olga, bread):
    message = bread.messages.get()
    message.attachments.create(workspace=olga.workspace, file=make_file(olga.workspace))

    olga.post(f"messages/{message.pk}/forward", {"text": "Can you help?"})

    page = olga.look(f"tickets/{bread.number}/")
    assert attribute(page, "[name=kind]", "value") == "forward"
    assert attribute(page, "[name=to]", "value") == ""
    assert texts(page, "textarea[name=text]")[0].startswith("Can you help? ---------- Forwarded message")
    assert len(page.css(".composer-files li")) == 1


def test_the_composer_forwards_what_the_customer_wrote_last(olga, bread):
    make_message(bread, "Here is the list.")
    bread.note(Words("She is difficult."), by=olga.agent)

    olga.post(f"tickets/{bread.number}/forward", {"kind": "reply", "text": "Can you help?"})

    draft = draft_of(bread, olga.agent)
    assert "Here is the list." in draft.text
    assert "difficult" not in draft.text


def test_a_forward_is_shown_as_one_and_changes_no_turn(olga, bread):
    before = bread.standing

    page = read(send(olga, bread, kind="forward", to=BAKER))

    assert texts(page, ".msg-us .msg-to") == [f"to {BAKER}"]
    assert "forwarded" in texts(page, ".msg-us .tag")
    bread.refresh_from_db()
    assert bread.standing == before


def test_a_forward_to_nobody_is_refused_and_kept(olga, bread):
    refused = send(olga, bread, kind="forward", htmx=False)

    assert refused.status_code == 422
    assert "who shall get it" in texts(read(refused), ".composer-news")[0]
    assert attribute(read(refused), "[name=kind]", "value") == "forward"


def test_a_note_is_not_forwarded(olga, bread):
    note = bread.note(Words("She is difficult."), by=olga.agent)

    olga.post(f"messages/{note.pk}/forward")

    assert draft_of(bread, olga.agent) is None


def test_a_stranger_finds_nothing(olga, mallory, bread):
    message, draft = bread.messages.get(), later(bread, olga)
    pages = [
        *(f"messages/{message.pk}/{act}" for act in ("forward", "taking-back")),
        *(f"tickets/{bread.number}/forward", f"scheduled/{draft.pk}/"),
    ]

    for page in pages:
        assert mallory.client.post(mallory.path(page), {"act": "now"}).status_code == 404
    wall.enter(olga.workspace.pk)
    assert Draft.objects.scheduled().exists()


def test_many_scheduled_answers_cost_no_more_questions(olga, bread, django_assert_max_num_queries):
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(90) as asked:
            olga.look(f"tickets/{bread.number}/")
        counts.append(len(asked))
        for _again in range(5):
            later(bread, olga)
    with django_assert_max_num_queries(90) as asked:
        olga.look(f"tickets/{bread.number}/")
    assert len(asked) == counts[1]


def test_an_owner_chooses_how_long_an_answer_can_be_taken_back(olga):
    olga.agent.role = "owner"
    olga.agent.save()
    workspace = olga.workspace
    form = {name: getattr(workspace, name) for name in ("name", "slug", "language", "time_zone")} | {
        "own_undo_seconds": "30"
    }

    olga.post("settings/workspace/", form)

    workspace.refresh_from_db()
    assert workspace.undo_seconds == 30

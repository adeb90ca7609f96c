import pytest
from django.utils import timezone

from harken.channels.models import Delivery
from harken.desk.deliveries import outcome_of
from harken.desk.tests.visits import Visitor, read, texts
from harken.desk.thread import LETTERS_SHOWN, MESSAGES_PER_PAGE
from harken.files.keep import keep
from harken.tickets.factories import make_message, make_ticket
from harken.tickets.models import Enclosure, Message, Ticket, Words

pytestmark = pytest.mark.django_db


def thread(visitor: Visitor, ticket: Ticket):
    return visitor.look(f"tickets/{ticket.number}/")


def make_reply(visitor: Visitor, ticket: Ticket, **delivery: object) -> Message:
    message = ticket.reply(Words("Here it is."), by=visitor.agent, seen_up_to=ticket.last_position)
    message.deliveries.all().delete()
    Delivery.objects.create(
        workspace=ticket.workspace, message=message, **{"address": "ann@crumb.example", **delivery}
    )
    return message


def test_a_call_is_told_as_one_in_the_customers_name(olga):
    ticket = make_ticket(olga.workspace)
    ticket.log(Words("Wants a new label."), by=olga.agent, way="call", minutes=4, then="ours")

    page = thread(olga, ticket)

    assert texts(page, ".msg-them .msg-head b") == ["Ann Baker", "Ann Baker"]
    assert texts(page, ".msg-them .tag") == ["Call, 4 min, logged by you"]


@pytest.mark.parametrize(
    ("words", "is_quoted"), [("452 4.2.2 Mailbox full", True), ("No outgoing mail server is set.", False)]
)
def test_only_what_a_server_said_is_told_as_its_words(olga, words, is_quoted):
    ticket = make_ticket(olga.workspace)
    make_reply(olga, ticket, state="deferred", words=words)

    told = " ".join(texts(thread(olga, ticket), ".outcome .say"))

    assert words in told
    assert ("Their server said:" in told) == is_quoted


def test_a_thread_tells_who_said_what_in_order(olga):
    ticket = make_ticket(olga.workspace)
    make_reply(olga, ticket)
    ticket.note(Words("She is right."), by=olga.agent)

    page = thread(olga, ticket)

    assert texts(page, ".msg-body") == ["Where is my bread?", "Here it is.", "She is right."]
    assert [each.attributes["class"] for each in page.css(".msg")] == [
        "msg msg-them",
        "msg msg-us",
        "msg msg-note",
    ]


def test_customers_words_are_in_the_serif_voice_and_ours_are_not(olga):
    ticket = make_ticket(olga.workspace)
    make_reply(olga, ticket)

    assert texts(thread(olga, ticket), ".voice") == ["Where is my bread?"]


def test_quoted_history_is_folded_and_nothing_is_lost(olga):
    ticket = make_ticket(olga.workspace)
    sender = ticket.requester.identities.get()
    ticket.receive(Words("Thanks!\n\n> Here it is.", visible_text="Thanks!"), sender=sender)

    page = thread(olga, ticket)

    assert texts(page, ".msg-body")[-1] == "Thanks!"
    assert texts(page, ".quoted blockquote") == ["> Here it is."]


def test_the_signature_is_folded_apart_from_words_and_history(olga):
    ticket = make_ticket(olga.workspace)
    words = Words(
        "Thanks!\n\nRegards\nAnn\n\n> Here it is.", visible_text="Thanks!", signature="Regards\nAnn"
    )
    ticket.receive(words, sender=ticket.requester.identities.get())

    page = thread(olga, ticket)

    assert texts(page, ".msg-body")[-1] == "Thanks!"
    assert texts(page, ".quoted summary") == ["Quoted mail", "Signature"]
    assert texts(page, ".quoted blockquote")[0] == "> Here it is."
    assert texts(page, ".quoted blockquote")[1] == "RegardsAnn"


def test_what_happened_stands_between_the_messages(olga):
    ticket = make_ticket(olga.workspace)
    ticket.close(by=olga.agent)
    make_message(ticket)

    lines = texts(thread(olga, ticket), "#messages .msg-body, #messages .event")

    assert lines[0] == "Where is my bread?"
    assert lines[1].startswith("Olga Petrova closed it")
    assert lines[2] == "Any news?"
    assert lines[3].startswith("Open again: they wrote")


def test_a_file_is_named_weighed_and_comes_from_a_signed_address(olga):
    file = keep(olga.workspace, "route november.pdf", "application/pdf", b"x" * 88_000)
    ticket = make_ticket(olga.workspace)
    ticket.receive(Words("See", files=(Enclosure(file),)), sender=ticket.requester.identities.get())

    page = thread(olga, ticket)

    assert texts(page, ".msg .files li") == ["route november.pdf 88 KB"]
    shown = read(olga.client.get(page.css_first(".msg .files a").attributes["href"]))
    assert shown.css_first("a[download]").attributes["href"].startswith("/files/")


def test_a_refused_answer_shows_the_servers_words_and_a_way_out(olga):
    ticket = make_ticket(olga.workspace)
    message = make_reply(olga, ticket, state="failed", words="552 5.2.2 Mailbox is full")
    ticket.show_problem(True)

    page = thread(olga, ticket)

    assert "Not delivered to ann@crumb.example." in texts(page, ".say-bad")[0]
    assert "552 5.2.2 Mailbox is full" in texts(page, ".say-bad")[0]
    assert page.css_first(f'form[action*="/messages/{message.pk}/deliveries/"]') is not None


def test_sending_again_queues_what_was_refused(olga):
    ticket = make_ticket(olga.workspace)
    message = make_reply(olga, ticket, state="failed", words="552 5.2.2 Mailbox is full")

    page = read(olga.post(f"messages/{message.pk}/deliveries/", htmx=True))

    assert texts(page, ".outcome") == ["On its way"]
    assert message.deliveries.get().state == Delivery.State.QUEUED


def test_without_scripts_sending_again_leads_back_to_the_thread(olga):
    ticket = make_ticket(olga.workspace)
    message = make_reply(olga, ticket, state="failed")

    answer = olga.post(f"messages/{message.pk}/deliveries/")

    assert answer["Location"] == olga.path(f"tickets/{ticket.number}/?view=open")


def test_a_refused_copy_is_not_called_sent(olga):
    ticket = make_ticket(olga.workspace)
    message = make_reply(olga, ticket, state="sent")
    Delivery.objects.create(
        workspace=ticket.workspace, message=message, address="dan@crumb.example", role="cc", state="failed"
    )

    assert "Sent" not in texts(thread(olga, ticket), ".outcome > .hint")


def test_a_long_thread_begins_with_its_end(olga):
    ticket = make_ticket(olga.workspace, text="Message 1")
    for number in range(2, MESSAGES_PER_PAGE + 4):
        make_message(ticket, f"Message {number}")

    page = thread(olga, ticket)
    earlier = page.css_first(".earlier a").attributes["href"].partition("before=")[2]
    rest = read(olga.get(f"tickets/{ticket.number}/messages/", htmx=True, before=earlier))

    assert texts(page, ".msg-body")[0] == "Message 4"
    assert texts(rest, ".msg-body") == ["Message 1", "Message 2", "Message 3"]
    assert rest.css_first(".earlier") is None


def test_without_scripts_the_earlier_messages_are_a_page(olga):
    ticket = make_ticket(olga.workspace)
    make_message(ticket)

    page = olga.look(f"tickets/{ticket.number}/messages/", before="2")

    assert texts(page, ".msg-body") == ["Where is my bread?"]
    assert page.css_first("nav.rail") is not None


def test_an_open_page_fetches_what_changed_from_its_first_message_on(olga):
    ticket = make_ticket(olga.workspace)
    make_message(ticket)

    answer = olga.get(f"tickets/{ticket.number}/messages/", htmx=True, **{"from": "1"}).content.decode()

    assert answer.count('class="msg ') == 2
    assert 'hx-target="#thread-head"' in answer
    assert "composer" not in answer


def test_an_endless_text_is_cut_and_offered_whole(olga):
    ticket = make_ticket(olga.workspace, text="a " * LETTERS_SHOWN)

    page = thread(olga, ticket)

    assert len(texts(page, ".msg-body")[0]) <= LETTERS_SHOWN
    assert texts(page, ".quoted a") == ["Read all of it"]


def test_a_row_chosen_by_htmx_brings_the_two_panes_and_the_title(olga):
    ticket = make_ticket(olga.workspace)

    answer = olga.get(f"tickets/{ticket.number}/", htmx=True)

    assert answer["Vary"].startswith("HX-Request")
    assert texts(read(answer), "title") == ["(1) Bread · Harken"]
    assert "rail" not in answer.content.decode()


def test_the_person_stands_beside_with_what_they_asked_before(olga):
    make_ticket(olga.workspace, subject="Old question")
    ticket = make_ticket(olga.workspace, subject="New question")

    page = thread(olga, ticket)

    assert texts(page, ".side .who") == ["ABAnn Bakercrumb.example"]
    assert texts(page, ".side .mini a") == ["Old question"]


def test_a_persons_page_shows_addresses_and_requests(olga):
    ticket = make_ticket(olga.workspace)

    page = olga.look(f"people/{ticket.requester_id}/")

    assert texts(page, "h1") == ["Ann Baker"]
    assert texts(page, ".time-line a") == ["Bread"]
    assert "ann@crumb.example" in texts(page, ".reaches")[0]


def test_closing_and_reopening(olga):
    ticket = make_ticket(olga.workspace)

    closed = read(olga.post(f"tickets/{ticket.number}/closure", htmx=True))
    reopened = olga.post(f"tickets/{ticket.number}/closure", {"undo": "1"})

    assert texts(closed, ".thread-turn")[0].startswith("Closed")
    assert reopened["Location"] == olga.path(f"tickets/{ticket.number}/?view=open")
    ticket.refresh_from_db()
    assert ticket.state == Ticket.State.OPEN


def test_a_merged_request_cannot_be_closed_and_says_why(olga):
    ticket, other = make_ticket(olga.workspace), make_ticket(olga.workspace)
    Ticket.objects.filter(pk=ticket.pk).update(state=Ticket.State.MERGED, merged_into=other)

    answer = olga.post(f"tickets/{ticket.number}/closure", htmx=True)

    assert answer["HX-Refresh"] == "true"
    page = thread(olga, other)
    assert "merged into another" in texts(page, "#notices")[0]


def test_deleting_the_closure_reopens(olga):
    ticket = make_ticket(olga.workspace)
    ticket.close(by=olga.agent)

    olga.delete(f"tickets/{ticket.number}/closure")

    assert Ticket.objects.get(pk=ticket.pk).state == Ticket.State.OPEN


def test_a_thread_costs_the_same_however_long(olga, django_assert_max_num_queries):
    ticket = make_ticket(olga.workspace)
    for _number in range(20):
        make_message(ticket)
        make_reply(olga, ticket, state="sent")

    with django_assert_max_num_queries(53):
        olga.get(f"tickets/{ticket.number}/")


@pytest.mark.parametrize("language", ["en", "ru", "ja", "ar", "yo"])
def test_the_pages_speak_the_readers_language_and_direction(olga, language):
    ticket = make_ticket(olga.workspace)
    olga.agent.user.language = language
    olga.agent.user.save()

    page = thread(olga, ticket)

    root = page.css_first("html").attributes
    assert (root["lang"], root["dir"]) == (language, "rtl" if language == "ar" else "ltr")


def test_a_reader_who_chose_dark_gets_dark(olga):
    olga.agent.user.theme = "dark"
    olga.agent.user.save()

    assert olga.look("inbox/").css_first("html").attributes["data-theme"] == "dark"


def test_times_are_told_in_the_workspaces_zone(olga):
    olga.workspace.time_zone = "Asia/Tokyo"
    olga.workspace.save()
    ticket = make_ticket(olga.workspace)
    after_midnight = timezone.localtime(timezone.now(), olga.workspace.zone).replace(hour=0, minute=7)
    Message.objects.filter(ticket=ticket).update(created_at=after_midnight)

    assert texts(thread(olga, ticket), ".msg time") == ["00:07"]


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("550 5.1.1 No such user", "Nobody has this address"),
        ("552 5.2.2 Over quota", "Their mailbox is full"),
        ("554 5.7.1 Not trusted", "does not trust our mail"),
        ("550 No", ""),
        ("451 4.2.2 Later", ""),
    ],
)
def test_a_refusal_is_said_in_plain_words_beside_the_servers(words: str, meaning: str):
    delivery = Delivery(address="ann@crumb.example", state=Delivery.State.FAILED, words=words)

    outcome = outcome_of([delivery])

    assert outcome is not None
    said = outcome.refusals[0].meaning
    assert meaning in said
    assert bool(said) == bool(meaning)


@pytest.mark.parametrize(("state", "words"), [("deferred", "Try now"), ("failed", "Send again")])
def test_what_leaves_again_by_itself_may_be_hurried(olga, state: str, words: str):
    ticket = make_ticket(olga.workspace)
    message = ticket.reply(Words("Here it is."), by=olga.agent, seen_up_to=1)
    Delivery.objects.filter(message=message).update(state=state, words="full")

    page = olga.look(f"tickets/{ticket.number}/")

    assert texts(page, ".outcome form button") == [words]

import pytest

from harken.desk.tests.visits import Visitor, attribute, read
from harken.files.keep import keep
from harken.lib.html import sanitise
from harken.tickets.factories import make_ticket
from harken.tickets.models import Enclosure, Message, Ticket, Words

pytestmark = pytest.mark.django_db

PICTURE = '<p>Look</p><img src="https://tracker.example/seen.png" alt="logo">'


def make_letter(visitor: Visitor, html: str, *files: Enclosure) -> tuple[Ticket, Message]:
    ticket = make_ticket(visitor.workspace)
    sender = ticket.requester.identities.get()
    return ticket, ticket.receive(Words("Look", html=sanitise(html), files=files), sender=sender)


def test_a_letter_with_pictures_is_shown_in_a_sandbox_without_scripts(olga):
    ticket, message = make_letter(olga, PICTURE)

    frame = olga.look(f"tickets/{ticket.number}/").css_first("iframe").attributes

    assert frame["src"] == olga.path(f"messages/{message.pk}/body")
    assert "allow-scripts" not in frame["sandbox"]


def test_a_letter_of_plain_sentences_is_read_in_the_page(olga):
    ticket, _message = make_letter(olga, "<div>Look <b>here</b></div>")

    assert olga.look(f"tickets/{ticket.number}/").css_first("iframe") is None


def test_the_letters_own_policy_lets_nothing_in_but_its_pictures(olga):
    _ticket, message = make_letter(olga, PICTURE)

    policy = olga.get(f"messages/{message.pk}/body")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "img-src 'self' data:;" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "sandbox allow-same-origin" in policy
    assert "allow-scripts" not in policy


def test_pictures_from_elsewhere_wait_for_a_click(olga):
    ticket, message = make_letter(olga, PICTURE)

    quiet = olga.get(f"messages/{message.pk}/body")
    asked = olga.get(f"messages/{message.pk}/body", pictures="")

    assert attribute(read(quiet), "img", "src") is None
    assert attribute(read(asked), "img", "src") == "https://tracker.example/seen.png"
    assert "img-src 'self' data: https: http:;" in asked["Content-Security-Policy"]
    assert "Show pictures" in olga.get(f"tickets/{ticket.number}/").content.decode()


def test_pictures_of_the_same_letter_come_from_signed_addresses(olga):
    file = keep(olga.workspace, "logo.png", "image/png", b"\x89PNG\r\n\x1a\n")
    ticket, message = make_letter(
        olga, '<p>Look</p><img src="cid:logo@1">', Enclosure(file, content_id="logo@1", is_inline=True)
    )

    picture = attribute(read(olga.get(f"messages/{message.pk}/body")), "img", "src")

    assert picture == f"{file.url()}?inline"
    assert "Show pictures" not in olga.get(f"tickets/{ticket.number}/").content.decode()


def test_a_letter_without_html_is_its_text(olga):
    ticket = make_ticket(olga.workspace, text="<b>Where</b> is my bread?")

    page = olga.get(f"messages/{ticket.messages.get().pk}/body").content.decode()

    assert "<p>&lt;b&gt;Where&lt;/b&gt; is my bread?</p>" in page


def test_scripts_of_a_letter_never_reach_the_frame(olga):
    _ticket, message = make_letter(
        olga, '<table><tr><td onclick="x()">Hi<script>alert(1)</script></td></tr></table>'
    )

    page = olga.get(f"messages/{message.pk}/body").content.decode()

    assert "script" not in page
    assert "onclick" not in page


def make_folded_letter(visitor: Visitor) -> Message:
    ticket = make_ticket(visitor.workspace)
    html = '<p>Look</p><p data-fold="signature">Ann</p><p data-fold="quote">Olga wrote</p>'
    return ticket.receive(Words("Look\nAnn\nOlga wrote", html=html), sender=ticket.requester.identities.get())


def test_what_is_folded_opens_by_one_link_that_needs_no_script(olga):
    address = f"messages/{make_folded_letter(olga).pk}/body"

    folded, opened = olga.look(address), olga.look(address, all="")

    assert "[data-fold] { display: none !important; }" in folded.css_first("style").text()
    assert attribute(folded, ".unfold a", "href") == "?all"
    assert "data-fold]" not in opened.css_first("style").text()
    assert opened.css_first(".unfold") is None
    assert "Olga wrote" in opened.css_first("body").text()


def test_opening_what_is_folded_keeps_the_pictures_that_were_asked_for(olga):
    page = olga.look(f"messages/{make_folded_letter(olga).pk}/body", pictures="")

    assert attribute(page, ".unfold a", "href") == "?all&pictures"


def test_a_letter_with_nothing_folded_offers_nothing_to_open(olga):
    _ticket, message = make_letter(olga, PICTURE)

    assert olga.look(f"messages/{message.pk}/body").css_first(".unfold") is None

"""Looking at files without saving them."""

import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from harken.desk.previews.shown import LETTERS_SHOWN
from harken.desk.tests.visits import Visitor, read, texts
from harken.files.factories import make_file
from harken.lib.png import png
from harken.tickets.factories import make_ticket
from harken.tickets.models import Attachment, Enclosure, Words

pytestmark = pytest.mark.django_db

PIXEL = png(1, 1, [b"\0\0\0"])


def attached(visitor: Visitor, name: str, content: bytes, media_type: str = "") -> Attachment:
    file = make_file(visitor.workspace, name=name, media_type=media_type, content=content)
    ticket = make_ticket(visitor.workspace)
    note = ticket.note(Words("See this.", files=(Enclosure(file),)), by=visitor.agent)
    return note.attachments.get()


def test_a_thread_leads_to_what_can_be_shown_and_saves_the_rest(olga):
    shown = attached(olga, "list.txt", b"Rolls", "text/plain")
    saved = attached(olga, "tool.exe", b"MZ", "application/octet-stream")

    links = [
        olga.look(f"tickets/{each.message.ticket.number}/").css_first(".files a").attributes
        for each in (shown, saved)
    ]

    assert links[0]["href"] == olga.path(f"files/{shown.pk}/")
    assert "data-preview" in links[0]
    assert "data-preview" not in links[1]
    assert "download" in links[1]


def test_a_picture_is_shown_from_its_signed_address(olga):
    file = attached(olga, "photo.png", PIXEL, "image/png")

    picture = olga.look(f"files/{file.pk}/").css_first(".preview-picture")

    answer = olga.client.get(picture.attributes["src"])
    assert (answer["Content-Type"], b"".join(answer)) == ("image/png", PIXEL)


@pytest.mark.parametrize(
    ("name", "media_type"), [("drawing.svg", "image/svg+xml"), ("fake.png", "image/png")]
)
def test_a_picture_that_may_carry_scripts_can_only_be_saved(olga, name, media_type):
    file = attached(
        olga, name, b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", media_type
    )

    page = olga.look(f"files/{file.pk}/")

    assert page.css_first(".preview-body img") is None
    assert "cannot be shown" in page.css_first(".preview-body").text()


def test_the_pages_of_a_pdf_are_shown_as_pictures(olga):
    file = attached(olga, "menu.pdf", _pdf(pages=2), "application/pdf")

    addresses = [each.attributes["src"] for each in olga.look(f"files/{file.pk}/").css(".preview-page")]

    assert len(addresses) == 2
    answer = olga.client.get(addresses[1])
    assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert olga.client.get(addresses[1].replace("/2.png", "/3.png")).status_code == 404


def test_a_document_shows_its_words_and_says_where_it_is_cut(olga):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("content.xml", f"<a><p>Sourdough</p><p>{'x' * LETTERS_SHOWN}</p></a>")
    file = attached(olga, "letter.odt", packed.getvalue())

    body = olga.look(f"files/{file.pk}/").css_first(".preview-body").text()

    assert "Sourdough" in body
    assert "The rest is in the file itself." in body


def test_an_enclosed_letter_shows_who_wrote_what(olga):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Bob <bob@rye.example>", "ann@crumb.example", "Flour"
    letter.set_content("We need more of it. <script>")
    file = attached(olga, "flour.eml", letter.as_bytes(), "message/rfc822")

    page = olga.look(f"files/{file.pk}/")

    assert texts(page, ".preview-body dd") == ["Bob <bob@rye.example>", "ann@crumb.example", "Flour"]
    assert "We need more of it. <script>" in page.css_first(".preview-body .voice").text()


@pytest.mark.parametrize(
    ("name", "content"),
    [("broken.pdf", b"%PDF-"), ("no.docx", b"no zip"), ("empty.txt", b""), ("x.eml", b"\0" * 9)],
)
def test_a_broken_file_can_still_be_saved(olga, name, content):
    file = attached(olga, name, content)

    page = olga.look(f"files/{file.pk}/")

    assert page.css_first(".preview-head a[download]") is not None


def test_a_file_whose_bytes_are_gone_says_so_instead_of_failing(olga, settings, tmp_path):
    file = attached(olga, "menu.pdf", _pdf(pages=1), "application/pdf")
    settings.HARKEN_FILES_URL = tmp_path.as_uri()

    assert "cannot be shown" in olga.look(f"files/{file.pk}/").css_first(".preview-body").text()
    assert olga.get(f"files/{file.pk}/pages/1.png").status_code == 404


@pytest.mark.parametrize("address", ["files/{}/", "files/{}/pages/1.png"])
def test_a_stranger_sees_no_file(olga, address):
    file = attached(olga, "menu.pdf", _pdf(pages=1), "application/pdf")
    stranger = Visitor.stranger()

    assert olga.client.get(f"/{olga.workspace.slug}/{address.format(file.pk)}").status_code == 200
    assert stranger.client.get(f"/{olga.workspace.slug}/{address.format(file.pk)}").status_code == 404
    assert stranger.get(address.format(file.pk)).status_code == 404


def test_the_sheet_gets_the_file_without_the_frame_of_a_page(olga):
    file = attached(olga, "list.txt", b"Rolls", "text/plain")

    part = read(olga.get(f"files/{file.pk}/", htmx=True))

    assert part.css_first(".rail") is None
    assert part.css_first(".preview-words").text() == "Rolls"


def test_a_preview_costs_few_queries(olga):
    file = attached(olga, "list.txt", b"Rolls", "text/plain")
    olga.get(f"files/{file.pk}/", htmx=True)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        olga.get(f"files/{file.pk}/", htmx=True)

    assert len(asked) <= 8


def _pdf(*, pages: int) -> bytes:
    kids = " ".join(f"{at} 0 R" for at in range(3, 3 + pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        *["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 300] >>"] * pages,
    ]
    body = "".join(f"{at} 0 obj {each} endobj\n" for at, each in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R /Size {pages + 3} >>\nstartxref\n0\n%%EOF".encode()

"""What is written in files, and what hostile ones cost."""

import zipfile
from io import BytesIO

import pytest

from harken.files.factories import make_file
from harken.files.models import Extract
from harken.files.words import reading
from harken.files.words.reading import words_of_file
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_O = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
DOCX = {
    "word/document.xml": f"<w:document {_W}><w:body><w:p><w:r><w:t>Хлеб и</w:t></w:r><w:r><w:t> соль</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>rye</w:t></w:r></w:p></w:body></w:document>",
    "word/footnotes.xml": f"<w:footnotes {_W}><w:p><w:t>spelt</w:t></w:p></w:footnotes>",
    "word/styles.xml": f"<w:styles {_W}><w:t>Heading</w:t></w:styles>",
}
XLSX = {
    "xl/workbook.xml": f'<workbook {_S}><sheets><sheet name="Flour stock"/></sheets></workbook>',
    "xl/sharedStrings.xml": f"<sst {_S}><si><t>Kardamom</t></si><si><t>Zimt</t></si></sst>",
    "xl/worksheets/sheet1.xml": f"<worksheet {_S}><c t='s'><v>77</v></c><c><is><t>inline</t></is></c></worksheet>",
}
ODT = {
    "content.xml": f"<office:document-content {_O}><text:p>One <text:span>b</text:span>ig oven</text:p>"
    "<text:p>hot</text:p></office:document-content>"
}


@pytest.mark.parametrize(
    ("name", "parts", "words"),
    [
        ("order.docx", DOCX, "Хлеб и соль rye spelt"),
        ("stock.xlsx", XLSX, "Kardamom Zimt Flour stock inline"),
        ("letter.odt", ODT, "One big oven hot"),
    ],
)
def test_office_documents_say_what_is_written_in_them(name, parts, words):
    file = make_file(make_workspace(), name=name, media_type="application/octet-stream", content=_zip(parts))

    assert words_of_file(file).split() == words.split()


def test_a_pdf_says_what_is_written_in_it():
    file = make_file(
        make_workspace(), name="menu.pdf", media_type="application/pdf", content=_pdf("Sourdough menu")
    )

    assert words_of_file(file).strip() == "Sourdough menu"


def test_a_page_says_what_is_seen_of_it():
    page = b"<html><style>.a{}</style><script>let hidden</script><p>Rolls</p><p>Buns</p></html>"
    file = make_file(make_workspace(), name="list.html", media_type="text/html", content=page)

    assert words_of_file(file).split() == ["Rolls", "Buns"]


@pytest.mark.parametrize(
    "content", [b"caf\xe9 table", "café table".encode(), "café table".encode("utf-16"), b"\x00caf\xe9 table"]
)
def test_a_text_is_read_in_the_charset_it_is_written_in(content):
    file = make_file(make_workspace(), name="a.txt", media_type="text/plain", content=content)

    assert words_of_file(file) == "café table"


def test_a_file_is_read_once_for_each_content(monkeypatch):
    workspace = make_workspace()
    first, second = (
        make_file(workspace, name=name, media_type="", content=_zip(DOCX)) for name in ("a.docx", "b.docx")
    )
    words = words_of_file(first)
    monkeypatch.setattr(reading, "_asked_outside", lambda *_: pytest.fail("read again"))

    assert words_of_file(second) == words
    assert Extract.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken.pdf", b"%PDF-1.7 and then nothing of it"),
        ("empty.pdf", b""),
        ("no.docx", b"not a zip"),
        ("cut.docx", b"PK\x03\x04cut"),
        ("unknown.bin", b"words in a format that nobody knows"),
    ],
)
def test_a_file_that_cannot_be_read_has_no_words(name, content):
    file = make_file(make_workspace(), name=name, media_type="", content=content)

    assert words_of_file(file) == ""


def test_a_bomb_costs_its_own_process_and_nothing_else():
    rose = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 12))
    laughs = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{rose}]><a>&l11;</a>'
    workspace = make_workspace()
    hostile = [
        make_file(workspace, name="laughs.odt", media_type="", content=_zip({"content.xml": laughs})),
        make_file(
            workspace,
            name="zeros.odt",
            media_type="",
            content=_zip({"content.xml": "<a>" + " " * (200 << 20)}),
        ),
    ]

    assert [words_of_file(file).strip() for file in hostile] == ["", ""]
    assert (
        words_of_file(make_file(workspace, name="ok.odt", media_type="", content=_zip(ODT))).split()[0]
        == "One"
    )


def test_a_process_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(reading, "TIMEOUT_SECONDS", 0.01)
    file = make_file(make_workspace(), name="slow.docx", media_type="", content=_zip(DOCX))

    assert words_of_file(file) == ""


def _zip(parts: dict[str, str]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _pdf(text: str) -> bytes:
    """A page of one line, as the format has it since its first version."""
    drawn = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn),
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj %s endobj\n" % each for each in enumerate(objects, 1))
    # A list of places that is wrong, as many programs leave it: readers look for the objects themselves.
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer << /Root 1 0 R /Size 5 >>\nstartxref\n0\n%%EOF"

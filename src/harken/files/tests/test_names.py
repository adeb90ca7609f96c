import pytest

from harken.files.names import LONGEST_NAME_BYTES, safe_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\report.pdf", "report.pdf"),
        ("/", "file"),
        ("", "file"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        (".htaccess\u200b", "htaccess"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\0b.txt", "ab.txt"),
        ("two\r\nX-Evil: 1.txt", "twoX-Evil_ 1.txt"),
        ('say "hi".txt', "say _hi_.txt"),
        ("  spaced \t out .txt ", "spaced out .txt"),
        ("отчёт за год.docx", "отчёт за год.docx"),
        ("見積書.pdf", "見積書.pdf"),
        ("e\u0301te\u0301.txt", "été.txt"),
    ],
)
def test_a_name_is_what_it_seems_to_be(given: str, shown: str):
    assert safe_name(given) == shown


@pytest.mark.parametrize("long", ["x" * 500 + ".pdf", "я" * 500 + ".pdf", "見" * 500])
def test_a_long_name_keeps_its_ending(long: str):
    short = safe_name(long)

    assert len(short.encode()) <= LONGEST_NAME_BYTES
    assert short.endswith(long[-4:]) or long[-4:] == "見見見見"


def test_a_name_made_safe_stays_as_it_is():
    once = safe_name("..\\\u202e..//a<b>?.tar.gz ")

    assert safe_name(once) == once == "a_b__.tar.gz"

import pytest

from harken.lib.sheets import charset_of, csv_of, delimiter_of, lines_of, shielded, text_of, unshielded

ENGLISH = "Name,E-mail\nZoë Brontë,zoe@crumb.example\n" * 5
RUSSIAN = "Имя;Почта\nАнна Ковалёва;anna@sever.example\nИгорь Мельников;igor@kolos.example\n" * 3
JAPANESE = (
    "名前,メール\n中村 由美,nakamura@hiiragi.example\n佐藤 健一,sato@mugi.example\nこむぎ堂,x@k.example\n" * 3
)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (ENGLISH, "utf-8"),
        (ENGLISH, "cp1252"),
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "utf-8"),
        (JAPANESE, "cp932"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
    ],
)
def test_the_charset_is_found(text, charset):
    content = text.encode(charset)

    assert charset_of(content) == charset
    assert text_of(content, charset_of(content)) == text


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16"])
def test_a_mark_decides_and_is_no_part_of_the_text(charset):
    content = JAPANESE.encode(charset)

    assert text_of(content, charset_of(content)) == JAPANESE


def test_a_sample_that_ends_inside_a_letter_is_utf_8_still():
    assert charset_of(("я" * 150_000).encode()) == "utf-8"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("one\ntwo\n", ","),
        ("", ","),
        ("sep=;\na;b,c,d\n1;2,3,4\n", ";"),
    ],
)
def test_the_delimiter_is_found(text, delimiter):
    assert delimiter_of(text) == delimiter


def test_rows_keep_their_line_numbers():
    text = 'name,note\nAnn,"two\nlines"\n\nDan,x\n'

    assert [(line.number, line.cells) for line in lines_of(text, ",")] == [
        (1, ["name", "note"]),
        (2, ["Ann", "two\nlines"]),
        (5, ["Dan", "x"]),
    ]


def test_a_quote_that_nobody_closed_costs_its_own_row_alone():
    text = 'name,mail\nAnn,a@x.example\n"Dan,d@x.example\nEve,e@x.example\n'

    found = list(lines_of(text, ","))

    assert [(line.number, line.fault) for line in found] == [(1, ""), (2, ""), (3, "quotes"), (4, "")]


def test_a_row_in_other_letters_is_named():
    text = text_of(b"name\nAnn\n" + b"\xff\xfe\n" + b"Dan\n", "utf-8")

    assert [line.fault for line in lines_of(text, ",")] == ["", "", "charset", ""]


@pytest.mark.parametrize("cell", ["=1+1", "+44 113", "-1", "@cmd", "\tx", "\rx", " =x", "＝1", "'=x", "''-1"])
def test_formulas_are_shielded_and_come_back(cell):
    assert shielded(cell) == f"'{cell}"
    assert unshielded(shielded(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Ann", "'tis", "a=b", "ann@crumb.example"])
def test_plain_words_stay_as_they_are(cell):
    assert shielded(cell) == unshielded(cell) == cell


def test_a_written_row_is_read_again():
    rows = [["=1+1", 'say "hi"', "a,b", "two\nlines"]]

    (line,) = lines_of(csv_of(rows), ",")

    assert [unshielded(cell) for cell in line.cells] == rows[0]

import pytest

from harken.search.words import MOST_WORD_BYTES, fitting, fold, sequence, words_of


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Ọjà Wá Ṣé", "oja wa se"),
        ("o\u0323ja\u0300", "oja"),
        ("Ёлка Йод", "елка йод"),
        ("за́мок", "замок"),
        ("الطَّلَبِيّة إلى أحمد مدرســة", "الطلبيه الي احمد مدرسه"),
        ("Straße Œuvre Łódź", "strasse oeuvre lodz"),
        ("ＡＢＣ１２３ ｶﾀｶﾅ", "abc123 カタカナ"),
        ("がぎ", "がぎ"),
        ("٠١٢٣ ۴۵", "0123 45"),
        ("İstanbul", "istanbul"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_marks_case_and_width_do_not_matter(written, folded):
    assert fold(written) == folded


def test_a_text_without_spaces_is_cut_into_pairs_and_every_letter_begins_a_word():
    assert sequence("お届け先") == ["お届", "届け", "け先", "先"]


def test_a_line_that_ends_in_the_middle_of_a_japanese_word_does_not_break_it():
    assert "求書" in words_of("請求\n書をください")


def test_an_address_is_found_whole_and_by_its_parts():
    assert {"ann@crumb.example", "ann", "crumb", "example"} <= words_of("Write to Ann@Crumb.example.")


def test_names_of_files_fall_into_words():
    assert {"invoice", "2026", "11", "pdf"} <= words_of("invoice_2026-11.pdf")


def test_a_long_word_in_katakana_is_a_word_too():
    assert "キャンセル" in words_of("注文をキャンセルしたい")


def test_no_message_has_more_words_than_a_row_holds():
    words = {f"{number:060d}" for number in range(20_000)}

    kept = fitting(words)

    assert sum(len(word.encode()) for word in kept) <= MOST_WORD_BYTES


@pytest.mark.parametrize("text", ["", " ", "___", "\u200f\u200e", "!?", "\u0301"])
def test_what_has_no_words_has_none(text):
    assert words_of(text) == set()

import pytest

from harken.lib.text import clean, language_of, left_over, one_line, preview


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("a\x00b", "ab"), ("a\r\nb\rc", "a\nb\nc"), ("a\ud800b", "a?b"), ("naïve 𝄞", "naïve 𝄞")],
)
def test_what_the_database_refuses_is_taken_out(text, cleaned):
    assert clean(text) == cleaned


def test_one_line_has_neither_breaks_nor_direction_marks():
    assert one_line("a\n b\u202e\tc\x07", 100) == "a b c"


def test_a_long_line_ends_in_an_ellipsis_within_its_limit():
    assert one_line("word " * 100, 12) == "word word w…"


def test_a_preview_is_the_first_words():
    assert preview("  Hello,\n\nwhere is my bread?") == "Hello, where is my bread?"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("いつもお世話になっております。", "ja"),
        ("لا أستطيع تسجيل الدخول", "ar"),
        ("Где мой хлеб?", "ru"),
        ("Ẹ káàárọ̀ o. Ẹ jọ̀ọ́, níbo ni búrẹ́dì mi wà?", "yo"),
        ("Where is my bread?", ""),
        ("", ""),
        ("12345 !!!", ""),
    ],
)
def test_a_script_gives_its_language_away(text, language):
    assert language_of(text) == language


def test_what_is_left_of_a_text_is_what_its_parts_do_not_say():
    text = "Is it on?\nYes.\n\nRegards\nAnn\n\n> Is it on?\n> Olga"

    assert left_over(text, "Is it on?\nYes.", "Regards\nAnn") == "> Is it on?\n> Olga"
    assert left_over(text, text) == ""
    assert left_over(text) == text

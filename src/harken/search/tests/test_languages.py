"""Words in five languages: as they stand, in other forms, without marks, with a slip."""

import pytest

from harken.search.find import find
from harken.search.tests.asking import found_by, index, marked
from harken.tickets.factories import make_ticket

pytestmark = pytest.mark.django_db

LETTERS = {
    "en": "The delivery of our invoices was delayed: the baker's ovens broke down yesterday.",
    "ru": "Здравствуйте! Мы не получили накладные на доставку хлеба, а счёт оплачен в понедельник.",
    "ja": "いつもお世話になっております。請求書の宛名変更をお願いします。注文をキャンセルしたいです。",
    "ar": "السلام عليكم، لم تصل الطَّلَبِيَّةُ إلى المَخبَزِ الرئيسي، أرجو إعادة إرسال الفاتورة.",
    "yo": "Ẹ káàárọ̀, a kò rí ẹrù búrẹ́dì tí a béèrè fún, ẹ jọ̀wọ́ fi ránṣẹ́ ní kíákíá.",
}


@pytest.fixture
def letters(olga):
    for language, text in LETTERS.items():
        make_ticket(olga.workspace, f"ann@{language}.example", subject=language, text=text)
    index(olga)


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize("language", LETTERS)
def test_every_word_of_a_letter_finds_it(olga, language):
    words = [word.strip(".,:!،。") for word in LETTERS[language].split()]

    lost = [word for word in words if language not in found_by(olga, word)]

    assert lost == []


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "invoice"),
        ("en", "deliveries"),
        ("en", "DELAYS"),
        ("en", "oven"),
        ("ru", "накладная"),
        ("ru", "доставка"),
        ("ru", "счет"),
        ("ru", "оплачена"),
        ("ja", "請求書"),
        ("ja", "宛名"),
        ("ja", "名"),
        ("ja", "ｷｬﾝｾﾙ"),
        ("ar", "الطلبية"),
        ("ar", "طلبيه"),
        ("ar", "فاتورة"),
        ("ar", "اعادة"),
        ("yo", "buredi"),
        ("yo", "búrẹdì"),
        ("yo", "kiakia"),
    ],
)
def test_other_forms_and_missing_marks_find_it(olga, language, asked):
    assert found_by(olga, asked) == [language]


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "delivrey"),
        ("en", "yestreday"),
        ("en", "xesterday"),
        ("en", "yesterdy"),
        ("en", "yestterday"),
        ("ru", "понидельник"),
        ("ru", "понедлеьник"),
        ("ru", "здраствуйте"),
        ("ja", "キャンセレ"),
        ("ar", "الرايسي"),
        ("ar", "المخبر"),
        ("yo", "burdei"),
        ("yo", "kiakai"),
    ],
)
def test_one_slip_is_forgiven_and_said(olga, language, asked):
    found = find(olga, asked)

    assert [hit.message.ticket.subject for hit in found.hits] == [language]
    assert found.corrected


@pytest.mark.usefixtures("letters")
def test_a_word_that_is_known_is_not_corrected(olga):
    assert find(olga, "delivery").corrected == {}


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("invoice", ["invoices"]),
        ("счет", ["счёт"]),
        ("請求書", ["請求書"]),
        ("الطلبية", ["الطَّلَبِيَّةُ"]),
        ("buredi", ["búrẹ́dì"]),
        ("kiakai", ["kíákíá"]),
    ],
)
def test_the_words_found_are_marked_as_they_were_written(olga, asked, words):
    assert marked(olga, asked) == words


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize(
    ("asked", "language"), [("deliv", "en"), ("накл", "ru"), ("請", "ja"), ("الفات", "ar"), ("bure", "yo")]
)
def test_a_word_is_found_while_it_is_written(olga, asked, language):
    assert found_by(olga, asked) == [language]

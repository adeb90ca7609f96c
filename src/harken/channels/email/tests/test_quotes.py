"""What somebody wrote now, without the history below it."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email.folding import fold
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail

OURS = "Hello Ann,\n\nplease turn the printer off and on again, then print a test page.\n\nOlga"
QUOTED = "\n".join(f"> {line}".rstrip() for line in OURS.split("\n"))

ATTRIBUTIONS = {
    "Gmail": "On Mon, Nov 23, 2026 at 10:11 AM Olga <help@acme.example> wrote:",
    "Gmail, broken over lines": "On Mon, Nov 23, 2026 at 10:11 AM Olga Petrova from Acme <\nhelp@acme.example> wrote:",
    "Apple Mail": "On 23 Nov 2026, at 10:11, Olga <help@acme.example> wrote:",
    "Thunderbird": "On 23/11/2026 10:11, Olga wrote:",
    "German": "Am 23.11.2026 um 10:11 schrieb Olga:",
    "French": "Le 23/11/2026 à 10:11, Olga a écrit :",
    "Spanish": "El lun, 23 nov 2026 a las 10:11, Olga (<help@acme.example>) escribió:",
    "Dutch": "Op ma 23 nov. 2026 om 10:11 schreef Olga <help@acme.example>:",
    "Polish": "W dniu 23.11.2026 o 10:11, Olga pisze:",
    "Turkish": "Olga <help@acme.example>, 23 Kas 2026 Pzt, 10:11 tarihinde şunu yazdı:",
    "Russian Gmail": "пн, 23 нояб. 2026 г. в 10:11, Olga <help@acme.example>:",
    "Mail.ru": "Понедельник, 23 ноября 2026, 10:11 +03:00 от Olga <help@acme.example>:",
    "Yandex": '23.11.2026, 10:11, "Olga" <help@acme.example>:',
    "Ukrainian": "пн, 23 лист. 2026 р. о 10:11 Olga <help@acme.example> пише:",
    "Japanese": "2026年11月23日(月) 10:11 Olga <help@acme.example>:",
    "Chinese": "Olga <help@acme.example> 于2026年11月23日周一 10:11写道：",
    "Korean": "2026년 11월 23일 (월) 오전 10:11, Olga <help@acme.example>님이 작성:",
    "Arabic": "في الاثنين، 23 نوفمبر 2026 في 10:11 ص تمت كتابة ما يلي بواسطة Olga <help@acme.example>:",
    "Hebrew": "בתאריך יום ב׳, 23 בנוב׳ 2026 ב-10:11 מאת Olga <help@acme.example>:",
}

HEADERS = {
    "Outlook": "From: Olga <help@acme.example>\nSent: Monday, November 23, 2026 10:11 AM\nTo: Ann\nSubject: Printer",
    "Outlook below a rule": "_" * 32 + "\nFrom: Olga\nSent: Monday\nTo: Ann\nSubject: Printer",
    "Original message": "-----Original Message-----\nFrom: Olga\nSent: Monday\nTo: Ann\nSubject: Printer",
    "bold": "*From:* Olga\n*Sent:* Monday\n*To:* Ann\n*Subject:* Printer",
    "German": "Von: Olga\nGesendet: Montag\nAn: Ann\nBetreff: Drucker",
    "French": "De : Olga\nEnvoyé : lundi\nÀ : Ann\nObjet : Imprimante",
    "Russian": "От: Olga\nОтправлено: понедельник\nКому: Ann\nТема: Принтер",
    "Japanese": "差出人: Olga\n送信日時: 2026年11月23日\n宛先: Ann\n件名: プリンター",
    "Chinese": "发件人： Olga\n发送时间： 2026年11月23日\n收件人： Ann\n主题： 打印机",
    "Arabic": "من: Olga\nتاريخ الإرسال: الاثنين\nإلى: Ann\nالموضوع: الطابعة",
    "Hotmail": "Date: Mon, 23 Nov 2026\nSubject: Printer\nFrom: help@acme.example\nTo: ann@example.com",
}


def visible_text(text: str, known: Sequence[str] = (), subject: str = "") -> str:
    return fold(text, known, subject).visible_text


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_quoted_lines_fold_with_their_attribution(attribution: str):
    assert visible_text(f"It works now.\n\n{attribution}\n\n{QUOTED}\n") == "It works now."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_a_quote_without_marks_folds_below_its_attribution(attribution: str):
    assert visible_text(f"It works now.\n\n{attribution}\n{OURS}") == "It works now."


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_history_below_a_quoted_header_folds(header: str):
    assert visible_text(f"It works now.\n\n{header}\n\n{OURS}") == "It works now."


def test_answers_between_quoted_lines_stay_with_their_questions():
    text = "> Is it on?\n\nYes.\n\n> Is it warm?\n\nNo, cold.\n\n> Regards\n> Olga"

    assert visible_text(text) == "> Is it on?\n\nYes.\n\n> Is it warm?\n\nNo, cold."


def test_words_below_the_quote_stay():
    assert visible_text(f"{ATTRIBUTIONS['Gmail']}\n{QUOTED}\n\nIt works now.") == "It works now."


def test_answers_written_into_an_unmarked_quote_stay_when_the_ticket_knows_the_rest():
    text = f"See below.\n\n{HEADERS['Outlook']}\n\n{OURS}".replace(
        "\n\nOlga", "\nI did, and it prints blank pages now.\n\nOlga"
    )

    assert visible_text(text, known=[OURS]) == "See below.\n\nI did, and it prints blank pages now."


def test_what_the_ticket_holds_folds_without_any_mark():
    known = ["Please send us the serial number on the back of the device and a photo of it."]
    text = "ABC-123\n\nPlease send us the serial number on the back\nof the device and a photo of it.\n\nAnn"

    assert visible_text(text, known) == "ABC-123\n\nAnn"


def test_a_sentence_of_their_own_that_looks_like_ours_stays():
    known = ["Please send us the serial number on the back of the device and a photo of it."]

    assert (
        visible_text("The serial number on the device is gone.", known)
        == "The serial number on the device is gone."
    )


@pytest.mark.parametrize(
    "text",
    [
        "As you wrote:\nthe printer must be on.",
        "I have three questions:\n\n1. When?\n2. Where?",
        "On Monday I wrote\nto you and nobody answered.",
        "From: my desk\nI can see the printer.",
        "The meeting is on 23.11.2026 at 10:11, see\nagenda: none",
        "Log:\n2026-11-23 10:11:12 error: no paper",
        "5 > 3 and\nthat is all.",
        "---\nline drawn by hand",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str):
    assert visible_text(text) == text


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Пересланное сообщение --------",
    ],
)
def test_a_forwarded_mail_is_news_and_stays(mark: str):
    text = f"Please help them.\n\n{mark}\nFrom: Bob\nDate: today\nTo: Ann\nSubject: x\n\n> Help!"

    assert visible_text(text) == text


def test_a_mail_that_is_only_a_quoted_header_and_its_words_stays():
    text = f"{HEADERS['Outlook']}\n\nPlease help."

    assert visible_text(text) == text


def test_the_footer_of_a_list_folds():
    footer = "_" * 47 + "\nPrinters mailing list\nhttps://lists.example.com/printers"

    assert visible_text(f"It works.\n\n{footer}\n") == "It works."


def test_quotes_of_html_mail_fold_as_well():
    html = (
        '<div>It works now.</div><div class="gmail_quote"><div>On Mon, Nov 23, 2026 at 10:11 AM Olga &lt;'
        '<a href="mailto:help@acme.example">help@acme.example</a>&gt; wrote:</div>'
        f"<blockquote>{OURS}</blockquote></div>"
    )

    letter = read(make_mail(html, content_type="text/html"))

    assert letter.visible_text == "It works now."
    assert "test page" in letter.text


@pytest.mark.parametrize(
    "line", ["> a\n\nb\n", "On 23/11/2026 10:11 wrote\n", "From: a\n", "-- \n", ">" * 1000 + "\n"]
)
def test_patterns_take_time_in_proportion(line: str):
    begun = time.perf_counter()

    visible_text(line * 50_000, known=[line * 1000])

    assert time.perf_counter() - begun < 5


@given(
    st.lists(
        st.sampled_from([*QUOTED.split("\n"), *HEADERS.values(), *ATTRIBUTIONS.values(), "", "Yes.", "-- "])
    )
)
def test_no_line_is_invented_and_own_words_are_never_cut(lines: list[str]):
    own = ["My own first words.", "My own last words."]
    text = "\n".join([own[0], *lines])

    shown = visible_text(text).split("\n")

    assert own[0] in shown
    assert set(shown) <= {line.rstrip() for line in text.split("\n")}


def test_a_ticket_of_huge_letters_is_compared_up_to_a_limit_newest_first():
    newest, oldest = (
        "The bread you ask for is in the oven in the cellar.",
        "The rolls you had are on the shelf in the shop.",
    )
    filling = "one two three four five six seven\n" * 20_000

    shown = visible_text(f"Thanks\n\n{newest}\n\n{oldest}", [newest, filling, oldest])

    assert newest not in shown
    assert oldest in shown

"""What somebody wrote now, without the history below it."""

import time
from collections.abc import Sequence

import pytest

from harken.channels.email.folding import brings_news, fold
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail
from harken.channels.email.tests.quoting import ATTRIBUTIONS, HEADERS, OURS, QUOTED


def visible_text(text: str, known: Sequence[str] = (), subject: str = "Re: Printer") -> str:
    return fold(text, known, is_news=brings_news(subject, is_answer=False)).visible_text


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


def test_what_was_quoted_before_in_a_longer_letter_folds_all_the_same():
    ours = "Please send us the serial number on the back of the device and a photo of it."
    quoted = f"I look for it and tell you.\n\n> {ours}\n\nThe shop is closed on Mondays, so wait until then with it."
    known = [f"{quoted} Our driver has the keys, and I cannot call him on his way.", ours]

    assert visible_text(f"ABC-123\n\n{ours}\n\nAnn", known) == "ABC-123\n\nAnn"


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
        "Book this for me:\nDate: 12 December\nFrom: Paris\nTo: London\nand send the bill.",
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


def test_a_ticket_of_huge_letters_is_compared_up_to_a_limit_newest_first():
    newest, oldest = (
        "The bread you ask for is in the oven in the cellar.",
        "The rolls you had are on the shelf in the shop.",
    )
    filling = "one two three four five six seven\n" * 20_000

    shown = visible_text(f"Thanks\n\n{newest}\n\n{oldest}", [newest, filling, oldest])

    assert newest not in shown
    assert oldest in shown


def test_our_text_alone_in_a_reply_folds_whatever_the_line_breaks():
    broken = OURS.replace("off and on", "off\nand on").replace("print a", "print\na")

    assert visible_text(f"Which one?\n\n{broken}", [OURS]) == "Which one?"


def test_answers_on_the_lines_of_a_known_quote_stay():
    ours = "Is the printer turned on?\n\nWhich colour has the light on it?\n\nOlga"
    text = "> Is the printer turned on? Yes.\n>\n> Which colour has the light on it?\n> It is red.\n>\n> Olga"

    shown = visible_text(text, [ours])

    assert "Yes." in shown
    assert "> It is red." in shown
    assert "Olga" not in shown


def test_a_letter_quoted_below_a_known_one_is_no_answer():
    text = f"Thanks!\n\n{QUOTED}\n>\n> On 20/11/2026 09:00, Bob wrote:\n>\n> Somebody should look at this printer."

    assert visible_text(text, [OURS]) == "Thanks!"


def test_our_signature_below_our_words_is_no_answer():
    signature = "Olga Petrova\nFennel Bakery, +49 30 123456"
    quoted = "\n".join(f"> {line}" for line in f"{OURS}\n-- \n{signature}".split("\n"))

    assert visible_text(f"Thanks for that!\n\n{quoted}", [OURS, signature]) == "Thanks for that!"


def test_one_word_more_than_the_ticket_holds_is_news():
    known = ["Please send us the serial number on the back of the device and a photo of it."]

    assert visible_text(f"{known[0]} ABC-123", known) == f"{known[0]} ABC-123"


def test_a_line_a_mail_program_broke_off_is_no_answer():
    quoted = (
        "> We would like to know which of the printers in your office you mean by\nthat.\n> Is it the one\n"
    )

    assert not visible_text(f"The blue.\n\n{quoted}\nYes.").startswith(">")
    assert "that." in visible_text(f"The blue.\n\n{quoted}\nYes.")


def test_what_quoted_printable_broke_off_folds():
    line = f"> {'We would like to know which printer you mean by '.ljust(73, 'x')}="

    assert visible_text(f"The blue.\n\n{line}\nthat.\n> Olga") == "The blue."


@pytest.mark.parametrize(
    "subject", ["FW: Printer", "Fwd: Printer", "WG: Drucker", "TR : Imprimante", "RV: x", "转发："]
)
def test_what_stands_below_a_header_in_a_forwarded_mail_stays(subject: str):
    text = f"Please help them.\n\n{HEADERS['Outlook']}\n\n{OURS}"

    assert visible_text(text, subject=subject) == text
    assert visible_text(text, [OURS], subject=subject) == "Please help them."
    assert visible_text(text, subject=f"Re: {subject}") == "Please help them."


def test_history_in_a_script_without_spaces_is_known_as_well():
    ours = "お問い合わせありがとうございます。プリンターの電源を一度切って、もう一度入れてください。"

    assert visible_text(f"動きました。\n\n{ours}", [ours]) == "動きました。"
    assert visible_text(f"> {ours}\n> はい、切りました。", [ours]) == "> はい、切りました。"


def test_a_phrase_that_somebody_repeats_in_each_letter_stays():
    earlier = (
        "Hello dear support team, this is Ann Smith of Acme Limited.\n\nOur printer in the second floor has "
        "stopped to print since the update of last Monday, and nobody here knows why that is so."
    )
    text = "Hello dear support team, this is Ann Smith of Acme Limited.\n\nAny news?"

    assert visible_text(text, [earlier]) == text

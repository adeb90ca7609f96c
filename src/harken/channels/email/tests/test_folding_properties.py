"""What holds for every letter: no word of the sender's own is cut, and everything folded stays in the text."""

from hypothesis import given
from hypothesis import strategies as st

from harken.channels.email.folding import fold
from harken.channels.email.html_fold import fold_letter
from harken.channels.email.html_marks import mark_of
from harken.channels.email.html_text import render
from harken.channels.email.known import words_of
from harken.channels.email.tests.quoting import ATTRIBUTIONS, HEADERS, OURS, QUOTED
from harken.lib.html import paragraphs, sanitise

HISTORY = [*OURS.split("\n"), *QUOTED.split("\n")]
MARKS = [*HEADERS.values(), *ATTRIBUTIONS.values(), "-- ", "Regards", "Sent from my iPhone", "", "_" * 40]
# Words that stand in no history and no mark.
OWN = [f"Zebra{number} galloped{number} home{number}." for number in range(5)]

history = st.lists(st.sampled_from(HISTORY), max_size=8)
own = st.sampled_from(OWN)


def words_kept(text: str, known: list[str]) -> set[str]:
    folded = fold(text, known)
    return set(f"{folded.visible_text}\n{folded.signature}".split())


@given(st.lists(st.tuples(history, own), min_size=1, max_size=6))
def test_words_between_the_lines_of_known_history_are_seen(pieces: list[tuple[list[str], str]]):
    text = "\n".join("\n".join([*lines, "", words, ""]) for lines, words in pieces)

    assert {word for _, words in pieces for word in words.split()} <= words_kept(text, [OURS])


@given(own, history, own)
def test_words_around_a_marked_quote_of_known_history_are_seen(above: str, lines: list[str], below: str):
    text = f"{above}\n\n{HEADERS['Outlook']}\n\n{OURS}\n" + "\n".join(lines) + f"\n\n{below}"

    assert set(f"{above} {below}".split()) <= words_kept(text, [OURS])


@given(st.lists(st.sampled_from([*HISTORY, *MARKS, *OWN]), max_size=12))
def test_no_line_is_invented_and_the_first_words_stay(lines: list[str]):
    text = "\n".join(["My own first words.", *lines])

    folded = fold(text, [OURS])

    assert folded.visible_text.startswith("My own first words.")
    assert set(f"{folded.visible_text}\n{folded.signature}".split("\n")) <= {
        "",
        *(line.rstrip() for line in text.split("\n")),
    }


@given(st.lists(st.sampled_from([*HISTORY, *MARKS, *OWN]), max_size=12))
def test_html_keeps_every_word_and_hides_what_the_text_hides(lines: list[str]):
    html = sanitise("".join(paragraphs(line) for line in ["My own first words.", *lines]), mark_of)

    letter = fold_letter(render(html), html, [OURS])

    assert render(letter.html) == render(html)
    assert words_of(letter.visible_text) == words_of(fold(render(html), [OURS]).visible_text)


@given(st.text(alphabet="<>&\"' =/abdiv\ue000\ufffc\n", max_size=200))
def test_any_markup_survives_folding(soup: str):
    html = sanitise(soup, mark_of)

    assert sanitise(fold_letter(render(html), html, [OURS]).html) == sanitise(html)

"""Folding in HTML: what a colleague sees of a letter is what its text says, in the programs people use."""

import re
import time

import pytest

from harken.channels.email.folding import brings_news
from harken.channels.email.html_fold import FoldedLetter, fold_letter
from harken.channels.email.html_marks import mark_of
from harken.channels.email.html_text import render
from harken.channels.email.read import read
from harken.channels.email.tests.mails import make_mail
from harken.lib.html import sanitise

OURS = "Hello Ann,\n\nplease turn the printer off and on again, then print a test page.\n\nOlga"
QUOTED = "".join(f"<p>{line}</p>" for line in OURS.split("\n\n"))
MEANWHILE = "<p>It works now.</p>"

CLIENTS = {
    "Gmail": f'<div dir="ltr">It works now.<div><br></div>-- <br><div class="gmail_signature" '
    f'data-smartmail="gmail_signature">'
    f'Ann Smith<br>Acme</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, '
    f"Nov 23, 2026 at "
    f"10:11 AM Olga &lt;h@a.example&gt; wrote:<br></div><blockquote "
    f"class='gmail_quote'>{QUOTED}</blockquote></div>",
    "Gmail in a language nobody here knows": f'<div dir="ltr">It works now.<div class="gmail_signature">Ann '
    f"Smith<br>Acme</div>"
    f'</div><br><div class="gmail_quote"><div class="gmail_attr">Xyz 2026-11-23 '
    f"Olga:<br></div><blockquote>{QUOTED}"
    "</blockquote></div>",
    "Outlook on the web": f'{MEANWHILE}<div id="Signature"><p>Ann Smith</p><p>Acme</p></div><div '
    f'id="appendonsend"></div><hr>'
    '<div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Olga<br><b>Sent:</b> Monday, 23 November 2026 '
    "10:11<br><b>To:</b> "
    f"Ann<br><b>Subject:</b> Printer</font></div>{QUOTED}",
    "Outlook in a language nobody here knows": f'<div class="WordSection1">{MEANWHILE}<p>Regards<br>Ann '
    f"Smith<br>Acme</p>"
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Xyz:</b> Olga '
    "&lt;o@a.example&gt;<br><b>Qrst:</b> "
    f"23. 11. 2026 10:11<br><b>Aaa:</b> Ann<br><b>Bbb:</b> Printer</p></div>{QUOTED}</div>",
    "Outlook 2003": f"{MEANWHILE}<p>Regards</p><p>Ann Smith</p><p>Acme</p><hr><p><b>Von:</b> Olga "
    f"[mailto:h@a.example]<br>"
    f"<b>Gesendet:</b> Montag, 23. November 2026 10:11<br><b>An:</b> Ann<br><b>Betreff:</b> "
    f"Drucker</p>{QUOTED}",
    "Yahoo": f'<div class="ydp3f2yahoo-style-wrap"><div>It works now.</div><div class="ydp3f2signature">Ann '
    f"Smith<br>Acme</div></div>"
    f'<div id="yahoo_quoted_9" class="yahoo_quoted"><div><div>Xyz blah blah '
    f"Olga</div><div>{QUOTED}</div></div></div>",
    "Apple Mail": f'<div>It works now.<br><br><div id="AppleMailSignature">Ann '
    f"Smith<br>Acme</div></div><div><br><blockquote "
    f'type="cite">On 23 Nov 2026, at 10:11, Olga &lt;h@a.example&gt; '
    f'wrote:<br></blockquote></div><blockquote type="cite">'
    f"{QUOTED}</blockquote>",
    "Thunderbird": f'{MEANWHILE}<div class="moz-cite-prefix">Xyz 23.11.2026 10:11 '
    f'Olga:<br></div><blockquote type="cite" '
    f'cite="mid:x">{QUOTED}</blockquote><div class="moz-signature">-- <br>Ann Smith<br>Acme</div>',
    "Proton": f'{MEANWHILE}<div class="protonmail_signature_block"><div '
    f'class="protonmail_signature_block-user">Ann Smith<br>Acme'
    f'</div></div><div class="protonmail_quote">On Monday, November 23rd, 2026 at 10:11, Olga '
    f"&lt;h@a.example&gt; wrote:<br>"
    f'<blockquote class="protonmail_quote" type="cite">{QUOTED}</blockquote></div>',
    "mail.ru": f"<p>It works now.</p><p>-- <br>Ann Smith<br>Acme</p><br>Понедельник, 23 ноября 2026, 10:11 "
    f"+03:00 от Olga "
    f'&lt;h@a.example&gt;:<br><blockquote style="border-left:1px solid #0857A6">{QUOTED}</blockquote>',
    "Yandex": f"<div>It works now.</div><div> </div><div>-- </div><div>Ann Smith</div><div>Acme</div><div> "
    f"</div><div>23.11.2026, "
    f'10:11, "Olga" &lt;h@a.example&gt;:</div><blockquote>{QUOTED}</blockquote>',
    "GMX": f'<div>It works now.</div><div class="signature">Ann Smith<br>Acme</div><div name="quote" '
    f'style="border-left:2px solid '
    f'#C3D9E5"><div><b>Xyz:</b> Montag</div><div name="quoted-content">{QUOTED}</div></div>',
    "Japanese": f"<div>It works now.</div><div>Best regards</div><div>Ann "
    f"Smith</div><div>Acme</div><div>2026年11月23日(月) 10:11 "
    f"Olga &lt;h@a.example&gt;:</div><blockquote>{QUOTED}</blockquote>",
    "Arabic": f'<div dir="rtl">It works now.<br>مع تحياتي<br>Ann Smith<br>Acme<br><br>في الاثنين، 23 نوفمبر '
    f"2026 في 10:11 ص تمت "
    f"كتابة ما يلي بواسطة Olga &lt;h@a.example&gt;:<blockquote>{QUOTED}</blockquote></div>",
}


def folded(html: str, *known: str, subject: str = "Re: Printer") -> FoldedLetter:
    is_news = brings_news(subject, is_answer=False)
    return fold_letter(render(html), sanitise(html, mark_of), known, is_news=is_news)


def shown(html: str) -> str:
    """What a reader sees before anything is opened."""
    while True:
        fold = re.search(r"<(\w+)[^<>]* data-fold=", html)
        if not fold:
            return " ".join(render(html).split())
        html = html[: fold.start()] + _behind(html[fold.start() :], fold[1])


def _behind(html: str, tag: str) -> str:
    depth = 0
    for each in re.finditer(rf"<(/?){tag}\b[^<>]*>", html):
        depth += -1 if each[1] else 1
        if depth <= 0 or tag in {"br", "hr", "img"}:
            return html[each.end() :]
    return ""


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS.keys())
def test_quote_and_signature_of_every_program_fold_apart(html: str):
    letter = folded(html)

    assert letter.visible_text == "It works now."
    assert "Ann Smith\nAcme" in letter.signature.replace("\n\n", "\n")
    assert shown(letter.html) == "It works now."


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS.keys())
def test_nothing_is_lost_by_folding(html: str):
    assert render(folded(html).html) == render(sanitise(html))


def test_the_same_letter_folds_the_same_when_it_is_read_as_mail():
    letter = read(make_mail(CLIENTS["Gmail"], content_type="text/html"))

    assert letter.visible_text == "It works now."
    assert letter.signature == "--\nAnn Smith\nAcme"


def test_answers_inside_a_quote_are_shown():
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On 23/11/2026 10:11, Olga '
        "wrote:</div><blockquote>Is it on?</blockquote>"
        "<div>Yes, it is.</div><blockquote>Is it warm?</blockquote><div>No, cold.</div></div>"
    )

    assert shown(folded(html).html) == "> Is it on? Yes, it is. > Is it warm? No, cold."


def test_words_typed_into_a_quote_are_shown_where_the_ticket_holds_the_rest():
    html = f'<blockquote type="cite">{QUOTED.replace("<p>Olga", "<p>I did, and it burns.</p><p>Olga")}</blockquote>'

    assert shown(folded(html, OURS).html) == "> I did, and it burns."


def test_words_and_pictures_below_a_quote_are_shown():
    html = f'<blockquote type="cite">{QUOTED}</blockquote>{MEANWHILE}<img src="https://x.example/screen.png">'

    letter = folded(html)

    assert letter.visible_text == "It works now."
    assert '<img data-remote-src="https://x.example/screen.png">' in letter.html


def test_what_the_ticket_holds_folds_without_any_mark():
    letter = folded(f"{MEANWHILE}{QUOTED}", OURS)

    assert letter.visible_text == "It works now."
    assert shown(letter.html) == "It works now."


@pytest.mark.parametrize(
    "html",
    [
        '<div>Please help them.</div><div class="gmail_quote">---------- Forwarded message '
        "---------<br>From: Bob<br>Date: x<br>"
        "Subject: y<br>To: Ann<br><br>Help!</div>",
        '<div>Please help them.</div><div class="moz-forward-container">-------- Xyz --------<br>From: '
        "Bob<br>Date: x<br>To: Ann<br>"
        "Subject: y<br><br>Help!</div>",
    ],
    ids=["Gmail", "Thunderbird"],
)
def test_a_forwarded_mail_is_news_and_is_shown(html: str):
    letter = folded(html)

    assert "Help!" in letter.visible_text
    assert "data-fold" not in letter.html


def test_what_outlook_forwards_is_news_by_its_subject():
    html = f"<p>Please help them.</p>{CLIENTS['Outlook on the web'].partition('<hr>')[2]}"

    assert "test page" in folded(html, subject="FW: Printer").visible_text
    assert "test page" not in folded(html, subject="RE: FW: Printer").visible_text


def test_a_sender_cannot_fold_by_himself():
    html = (
        '<p data-fold="quote" data-mark="quote">Pay me</p><p class="mark#quote">now</p> data-mark="signature"'
    )

    letter = folded(html)

    assert letter.html == '<p>Pay me</p><p>now</p> data-mark="signature"'
    assert letter.visible_text == 'Pay me\n\nnow\n\ndata-mark="signature"'


@pytest.mark.parametrize("name", ["gmail_signature", "yahoo_quoted", "moz-signature", "moz-cite-prefix"])
def test_a_letter_that_is_all_in_one_element_is_shown(name: str):
    letter = folded(f'<div class="{name}">Please send me the invoice of March.</div>')

    assert letter.visible_text == "Please send me the invoice of March."
    assert "data-fold" not in letter.html


def test_a_long_text_inside_an_element_for_signatures_is_shown():
    words = "".join(f"<p>Point {number} of what I have to say to you.</p>" for number in range(30))

    assert (
        "Point 29"
        in folded(f'<p>Hello all of you.</p><div class="gmail_signature">{words}</div>').visible_text
    )


def test_plain_text_takes_from_the_html_beside_it_where_the_signature_is():
    html = f'{MEANWHILE}<div class="gmail_signature">Ann Smith<br>her line<br>in HTML alone</div>'
    plain = "It works now.\n\nAnn Smith\nher line"

    letter = fold_letter(plain, sanitise(html, mark_of))

    assert letter.visible_text == "It works now."
    assert letter.signature == "Ann Smith\nher line"


def test_folding_twice_is_harmless():
    once = folded(CLIENTS["Gmail"])

    again = fold_letter(render(once.html), sanitise(once.html, mark_of))

    assert again.visible_text == once.visible_text
    assert "Ann Smith" in render(again.html)


@pytest.mark.parametrize(
    "piece",
    [
        "<br>",
        "<b>x</b>",
        "<p>From: a<br>Sent: b<br>To: c</p>",
        "<blockquote>",
        "a &lt; ",
        '<div class="gmail_quote">',
    ],
)
def test_the_time_stays_in_proportion(piece: str):
    html = sanitise(piece * (800_000 // len(piece)), mark_of)
    begun = time.perf_counter()

    fold_letter("x", html, [OURS])

    assert time.perf_counter() - begun < 5


def test_line_breaks_between_folded_words_fold_with_them():
    html = folded("It works now.<br><br>-- <br>Ann Smith<p></p><hr>Acme").html

    assert html.startswith(
        'It works now.<br><br><span data-fold="signature">-- </span><br data-fold="signature">'
    )
    assert '<p data-fold="signature"></p><hr data-fold="signature">' in html


def test_text_broken_elsewhere_than_the_html_folds_as_the_html_does():
    html = f'{MEANWHILE}<div class="gmail_signature">Ann Smith who bakes at Acme</div>'

    letter = fold_letter("It works now.\n\nAnn Smith who\nbakes at Acme", sanitise(html, mark_of))

    assert letter.visible_text == "It works now."
    assert letter.signature == "Ann Smith who\nbakes at Acme"

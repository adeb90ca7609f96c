from harken.channels.email.bodies import html_body, text_body
from harken.lib.html import sanitise


def test_the_signature_stands_below_its_mark():
    assert text_body("In the oven.\n\n", "Olga\nFennel ") == "In the oven.\n\n-- \nOlga\nFennel\n"
    assert text_body("In the oven.", " ") == "In the oven.\n"


def test_plain_words_become_a_document_that_knows_its_language_and_shows_no_tags():
    html = html_body("パンは<オーブン>の中です。\n\nまた明日。", signature="Olga", language="ja")

    assert html.startswith('<!doctype html>\n<html lang="ja">')
    assert '<body dir="auto"><p>パンは&lt;オーブン&gt;の中です。</p><p>また明日。</p>' in html
    assert '<div class="signature">-- <p>Olga</p></div></body>' in html


def test_pictures_the_author_chose_are_shown_to_the_customer():
    html = sanitise(
        '<p>Hi <img alt="" src="cid:logo@fennel"> <img src="https://fennel.example/bread.png"></p>'
    )

    body = html_body("Hi", html)

    assert 'src="cid:logo@fennel"' in body
    assert 'src="https://fennel.example/bread.png"' in body
    assert "data-" not in body

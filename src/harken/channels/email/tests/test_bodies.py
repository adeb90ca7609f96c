from harken.channels.email.bodies import FileLink, Links, html_body, text_body
from harken.lib.html import sanitise


def test_the_signature_stands_below_its_mark():
    assert text_body("In the oven.\n\n", "Olga\nFennel ") == "In the oven.\n\n-- \nOlga\nFennel\n"
    assert text_body("In the oven.", " ") == "In the oven.\n"


def test_plain_words_become_a_document_that_knows_its_language_and_shows_no_tags():
    html = html_body("パンは<オーブン>の中です。\n\nまた明日。", signature="Olga", language="ja")

    assert html.startswith('<!DOCTYPE html><html lang="ja">')
    assert '<body dir="auto"' in html
    assert "<p>パンは&lt;オーブン&gt;の中です。</p><p>また明日。</p>" in html
    assert "-- <p>Olga</p></div></body>" in html


def test_styles_are_attributes_and_the_authors_own_win():
    html = html_body("", '<blockquote style="color: green">Bread</blockquote><pre>rye</pre>')

    assert "<style" not in html
    assert "color: green" in html
    assert "border-inline-start: 3px solid #bbb" in html
    assert "color: #555" not in html


def test_files_that_wait_behind_links_are_named_in_both_bodies():
    links = Links(
        "Files to fetch until 20 February:", [FileLink("<oven>.mov", "34 MB", "https://fennel.example/1")]
    )

    text, html = text_body("Look!", "Olga", links), html_body("Look!", signature="Olga", links=links)

    assert text.startswith(
        "Look!\n\nFiles to fetch until 20 February:\n\n<oven>.mov (34 MB):\nhttps://fennel.example/1\n"
    )
    assert text.endswith("\n-- \nOlga\n")
    assert '<a href="https://fennel.example/1">&lt;oven&gt;.mov</a> (34 MB)' in html


def test_pictures_the_author_chose_are_shown_to_the_customer():
    html = sanitise(
        '<p>Hi <img alt="" src="cid:logo@fennel"> <img src="https://fennel.example/bread.png"></p>'
    )

    body = html_body("Hi", html)

    assert 'src="cid:logo@fennel"' in body
    assert 'src="https://fennel.example/bread.png"' in body
    assert "data-" not in body

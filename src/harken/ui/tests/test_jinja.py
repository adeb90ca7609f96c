import pytest
from django.template import engines
from django.utils import translation
from jinja2 import UndefinedError
from markupsafe import Markup

from harken.ui.jinja import direction, environment


def rendered(source: str, **context: object) -> str:
    return environment().from_string(source).render(**context)


def test_a_misspelt_name_fails():
    with pytest.raises(UndefinedError):
        rendered("{{ tiket }}")


def test_every_value_is_escaped_also_inside_a_translated_sentence():
    html = rendered("{{ name }} {{ _('to %(name)s', name=name) }}", name="<b>")

    assert html == "&lt;b&gt; to &lt;b&gt;"


def test_a_number_picks_its_plural():
    assert rendered("{{ ngettext('%(num)s file', '%(num)s files', n) }}", n=2) == "2 files"


@pytest.mark.parametrize(("language", "runs"), [("ar", "rtl"), ("ja", "ltr"), ("yo", "ltr")])
def test_a_language_knows_its_direction(language, runs):
    with translation.override(language):
        assert direction() == runs


def test_a_mark_beside_its_words_is_hidden_from_those_who_listen():
    macros = "{% from 'ui/macros.html' import turn %}"

    html = engines["jinja2"].from_string(macros + "{{ turn('us1') }}{{ turn('late', 'Late') }}").render()

    assert 'class="turn turn-us" aria-hidden="true"' in html
    assert 'class="turn turn-late" role="img" aria-label="Late"' in html


def test_a_remembered_mark_tells_markup_from_the_same_text():
    source = "{% from 'ui/macros.html' import ava %}{{ ava(first) }}{{ ava(second) }}"

    html = engines["jinja2"].from_string(source).render({"first": "<b>", "second": Markup("<b>")})

    assert html.count(">&lt;b&gt;</span>") == 1
    assert html.count("><b></span>") == 1

"""What holds for every template and style sheet of every room."""

import re
from pathlib import Path

import pytest

import harken
from harken.ui.icons import ICONS, SPRITE, STRIP, TURNS, sprite, strip

ROOMS = Path(harken.__file__).parent
TEMPLATES = sorted(ROOMS.glob("*/templates/**/*.html"))
STYLES = sorted(ROOMS.glob("*/static/**/*.css"))


def test_the_sprite_holds_what_is_drawn():
    assert SPRITE.read_text(encoding="utf-8") == sprite()
    assert STRIP.read_text(encoding="utf-8") == strip()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_uses_icons_that_are_drawn(template):
    source = template.read_text(encoding="utf-8")

    assert set(re.findall(r"""\bicon\(["']([\w-]+)""", source)) <= set(ICONS)
    assert set(re.findall(r"""\bturn\(["']([\w-]+)""", source)) <= set(TURNS)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_keeps_to_the_policy(template):
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"<script(?![^>]*\bsrc=)", source)


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_names_only_tokens_that_exist(style):
    tokens = set(re.findall(r"(--[\w-]+):", "".join(each.read_text() for each in STYLES)))

    assert set(re.findall(r"var\((--[\w-]+)", style.read_text())) <= tokens


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_mirrors_by_itself(style):
    physical = (
        r"\b(?:margin|padding|border)-(?:left|right)\b|\btext-align: (?:left|right)\b|^\s*(?:left|right):"
    )

    assert not re.search(physical, style.read_text(), re.MULTILINE)

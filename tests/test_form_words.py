"""Every form of the product refuses in our words: no sentence of Django's or allauth's own reaches a page."""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import allauth
import django
import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from babel.messages.pofile import read_po
from django import forms
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, get_resolver
from django.utils import translation

from harken.channels.ledger.forms import LedgerForm
from harken.desk.forms import Files
from harken.ui.forms import Worded, say_in_our_words

CATALOGUES = (
    Path(django.__file__).with_name("conf"),
    Path(django.__file__).with_name("contrib") / "auth",
    Path(allauth.__file__).parent,
)
_HOLE = re.compile(r"%\\\(\w+\\\)[a-z]|%[a-z]|\\\{\w+\\\}")
TYPED: tuple[Any, ...] = (
    *(None, "", " ", "x", "\0", "x" * 60_000, "-1", "9" * 30, "2026-99-99", "25:61"),
    *("nobody@", "http://["),
)
SEVERAL: tuple[Any, ...] = ([], ["x"], "x")
CHOSEN: tuple[Any, ...] = (None, "x", SimpleUploadedFile("empty.txt", b""))


@cache
def theirs() -> re.Pattern[str]:
    """Whatever the libraries say in whole sentences, with anything in the place of what they fill in."""
    sentences = set()
    for folder in CATALOGUES:
        with (folder / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
            for message in read_po(file):
                said = message.id if isinstance(message.id, tuple | list) else [message.id]
                sentences |= {each.strip() for each in said if each.endswith(".") and " " in each}
    return re.compile("|".join(_HOLE.sub(".*", re.escape(each)) for each in sorted(sentences)), re.S)


def is_theirs(words: Any) -> bool:
    return theirs().fullmatch(str(words).strip()) is not None


def patterns(resolver: Any = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLPattern):
            yield each
        else:
            yield from patterns(each)


def made_from(kind: Any) -> Iterator[Any]:
    for each in kind.__subclasses__():
        yield each
        yield from made_from(each)


def our_forms() -> list[Any]:
    """All form classes of ours; the addresses bring every view along, and so every form."""
    assert list(patterns())
    made = {each for each in made_from(forms.BaseForm) if hasattr(each, "base_fields")}
    ours = [each for each in made if re.match(r"harken\.(?!.*\.tests\.)", each.__module__)]
    return sorted(ours, key=str)


def values_for(field: forms.Field) -> tuple[Any, ...]:
    if isinstance(field, Files):
        return ([],)
    if isinstance(field, forms.FileField):
        return CHOSEN
    return SEVERAL if isinstance(field, forms.MultipleChoiceField) else TYPED


def refusals(kind: Any) -> Iterator[str]:
    for name, base in kind.base_fields.items():
        for value in values_for(base):
            field = deepcopy(base)
            say_in_our_words(field, kind.says)
            try:
                field.clean(value)
            except ValidationError as error:
                yield from (f"{kind.__name__}.{name}: {words}" for words in error.messages)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_the_words_of_the_libraries_are_known():
    assert is_theirs("This field is required.")
    assert is_theirs("Ensure this value has at most 200 characters (it has 201).")
    assert is_theirs("Incorrect password.")
    assert is_theirs("This password is too short. It must contain at least 10 characters.")
    assert not is_theirs("This is empty. Nothing was changed; fill it in.")


def test_every_form_is_one_that_speaks_our_words():
    assert len(our_forms()) > 40
    assert [each for each in our_forms() if not issubclass(each, Worded)] == []


def test_no_field_of_any_form_refuses_in_the_words_of_a_library():
    said = [words for kind in our_forms() for words in refusals(kind)]

    assert len(said) > 1000
    assert [words for words in said if is_theirs(words.partition(": ")[2])] == []


def test_every_field_that_changes_something_says_that_nothing_was_changed():
    said = {words for kind in our_forms() if kind is not LedgerForm for words in refusals(kind)}

    assert [
        words for words in said if not re.search(r": (?:Not set aside:|.*\bNothing was )", words, re.S)
    ] == []


def test_what_a_row_refuses_is_said_in_our_words_too():
    for kind in our_forms():
        if issubclass(kind, forms.ModelForm) and kind._meta.model:
            for field in map(deepcopy, kind.base_fields.values()):
                say_in_our_words(field, kind.says)
                assert {"blank", "null", "unique"} <= set(field.error_messages)


def test_every_page_of_the_library_for_accounts_shows_a_form_of_ours():
    views: set[Any] = {getattr(each.callback, "view_class", None) for each in patterns()}
    asking = [view for view in views if hasattr(view, "get_form_class")]
    kinds = [view().get_form_class() for view in asking]
    kinds += [view().get_webauthn_form_class() for view in asking if hasattr(view, "get_webauthn_form_class")]

    assert len(kinds) > 8
    # Where there is nothing but a button, Django's own has nothing to refuse.
    assert [each for each in kinds if not issubclass(each, Worded) and each is not forms.Form] == []


@pytest.mark.parametrize("adapter", [get_adapter, get_mfa_adapter], ids=["account", "mfa"])
def test_what_the_library_for_accounts_refuses_is_said_in_our_words(adapter):
    assert [code for code, words in adapter().error_messages.items() if is_theirs(words)] == []


def test_a_refused_password_is_told_so_in_our_words():
    rules: list[Any] = get_default_password_validators()
    said = [rule.get_error_message() for rule in rules]

    assert len(said) == 3
    assert not any(map(is_theirs, said))
    assert all("Nothing was changed" in words for words in said)

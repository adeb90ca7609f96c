from types import SimpleNamespace

import pytest

from harken.ui import navigation
from harken.ui.navigation import Place


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(navigation, "_places", {})
    monkeypatch.setattr(navigation, "_settings", {})


@pytest.fixture
def request_of_olga():
    return SimpleNamespace(workspace=SimpleNamespace(slug="acme"))


def test_places_stand_in_their_order_with_their_count(request_of_olga):
    navigation.register(Place("people", "People", "desk:inbox", order=30))
    navigation.register(Place("inbox", "Inbox", "desk:inbox", order=20, count=lambda request: 7))

    assert [(each.name, each.count) for each in navigation.places(request_of_olga)] == [
        ("inbox", 7),
        ("people", 0),
    ]
    assert navigation.places(request_of_olga)[0].url == "/acme/inbox/"


def test_what_is_not_offered_does_not_exist(request_of_olga):
    navigation.register(Place("held", "Held", "desk:inbox", is_offered=lambda request: False))

    assert navigation.places(request_of_olga) == []


def test_registering_twice_shows_once(request_of_olga):
    for _again in range(2):
        navigation.register_setting(Place("you", "You", "desk:inbox"))

    assert len(navigation.settings_pages(request_of_olga)) == 1

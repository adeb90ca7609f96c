from pathlib import Path

import pytest
from django.conf import settings
from django.templatetags.static import static
from django.test import Client

from harken.config.static import gather


def test_a_style_sheet_has_a_name_that_changes_with_it_and_may_be_kept_for_ever():
    response = Client().get(static("ui/base.css"))

    assert response.status_code == 200
    assert b"@layer" in b"".join(response)
    assert "immutable" in response.headers["Cache-Control"]
    assert static("ui/base.css") != "/static/ui/base.css"


def test_files_are_gathered_once(monkeypatch: pytest.MonkeyPatch):
    gather()
    monkeypatch.setattr("harken.config.static.call_command", lambda *_, **__: pytest.fail("gathered again"))

    gather()


def test_files_are_gathered_again_when_one_of_them_changed(monkeypatch: pytest.MonkeyPatch):
    gathered: list[str] = []
    monkeypatch.setattr("harken.config.static.call_command", lambda name, **_: gathered.append(name))
    stamp = Path(settings.STATIC_ROOT) / "gathered"
    seal = stamp.read_text()
    stamp.write_text("of an older version")

    gather()

    assert gathered == ["collectstatic"]
    assert stamp.read_text() == seal

import os
from pathlib import Path

import pytest

from harken.config.endpoints import Endpoint
from harken.config.environment import known_settings, read_environment
from harken.config.given import EnvironmentMistakes
from harken.config.settings_page import PAGE, settings_page


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("HARKEN_") or name in known_settings()]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HARKEN_DATA", str(tmp_path))


def mistakes():
    with pytest.raises(EnvironmentMistakes) as raised:
        read_environment()
    return raised.value.mistakes


def test_without_settings_everything_has_a_default(tmp_path):
    settings = read_environment()

    assert settings.is_embedded
    assert settings.url == "http://localhost:8000"
    assert settings.files_folder == tmp_path / "files"
    assert settings.smtp_in is None
    assert settings.relay is None


def test_all_mistakes_are_told_at_once(monkeypatch):
    monkeypatch.setenv("HARKEN_PORT", "99999")
    monkeypatch.setenv("HARKEN_LOG", "xml")
    monkeypatch.setenv("HARKEN_URL", "desk.example")
    monkeypatch.setenv("HARKEN_SMTP_IN", "localhost")
    monkeypatch.setenv("HARKEN_TRUSTED_PROXIES", "10.0.0.0/99")
    monkeypatch.setenv("DATABASE_URL", "mysql://localhost/desk")

    names = [mistake.split()[0] for mistake in mistakes()]

    assert sorted(names) == [
        "DATABASE_URL",
        "HARKEN_LOG",
        "HARKEN_PORT",
        "HARKEN_SMTP_IN",
        "HARKEN_TRUSTED_PROXIES",
        "HARKEN_URL",
    ]


def test_an_unknown_name_is_refused_with_the_nearest_known_one(monkeypatch):
    monkeypatch.setenv("HARKEN_PROT", "8000")

    assert mistakes() == ["HARKEN_PROT is not known. Do you mean HARKEN_PORT?"]


def test_a_secret_is_read_from_the_file_that_is_named(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("kept elsewhere\n")
    monkeypatch.setenv("HARKEN_SECRET_KEY_FILE", str(tmp_path / "key"))

    assert read_environment().secret_key == "kept elsewhere"


def test_a_secret_given_twice_is_refused(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("kept elsewhere")
    monkeypatch.setenv("HARKEN_SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("HARKEN_SECRET_KEY", "given here")

    (mistake,) = mistakes()

    assert "HARKEN_SECRET_KEY is given as well" in mistake


def test_a_file_for_what_is_no_secret_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("HARKEN_PORT_FILE", str(tmp_path / "port"))

    assert mistakes() == ["HARKEN_PORT_FILE is not known: HARKEN_PORT is no secret, give its value."]


def test_no_message_and_no_print_of_the_settings_shows_a_secret(monkeypatch):
    monkeypatch.setenv("HARKEN_SECRET_KEY", "hush-key")
    monkeypatch.setenv("HARKEN_SMTP_URL", "smtp://olga:hush-relay@mail.example")
    monkeypatch.setenv("DATABASE_URL", "postgresql://olga:hush-database@db.example/desk")
    shown = repr(read_environment())
    monkeypatch.setenv("HARKEN_SMTP_URL", "smtp://olga:hush-relay@")
    monkeypatch.setenv("DATABASE_URL", "mysql://olga:hush-database@db.example/desk")

    assert "hush" not in shown + " ".join(mistakes())


def test_an_outside_database_needs_a_given_key(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/desk")

    (mistake,) = mistakes()

    assert mistake.startswith("HARKEN_SECRET_KEY must be given together with DATABASE_URL")


def test_the_key_is_made_once_and_kept_closed(tmp_path):
    first, second = read_environment().secret_key, read_environment().secret_key

    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_empty_setting_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("HARKEN_PORT", "")
    monkeypatch.setenv("HARKEN_SMTP_IN", " ")

    assert read_environment().port == 8000
    assert read_environment().smtp_in is None


def test_a_listener_may_have_an_address_of_the_sixth_version(monkeypatch):
    monkeypatch.setenv("HARKEN_SMTP_IN", "[::1]:2525")

    endpoint = read_environment().smtp_in

    assert endpoint == Endpoint("::1", 2525)
    assert str(endpoint) == "[::1]:2525"


def test_a_relative_data_folder_is_taken_from_here(monkeypatch):
    monkeypatch.setenv("HARKEN_DATA", "here")

    assert read_environment().data == Path.cwd() / "here"


def test_the_reference_page_is_what_the_code_says():
    assert PAGE.read_text() == settings_page(), "run: python -m harken.config.settings_page"


@pytest.mark.parametrize("given", ["", "off", "127.0.0.1:5353", "[::1]:53"])
def test_a_name_server_is_one_of_ours_or_the_systems_or_none(given, monkeypatch):
    monkeypatch.setenv("HARKEN_DNS", given)

    assert read_environment().dns == given


@pytest.mark.parametrize(
    ("given", "words"), [("127.0.0.1", "must look like host:port"), ("dns.example:53", "must be the address")]
)
def test_a_name_server_of_another_form_is_refused_with_the_one_expected(given, words, monkeypatch):
    monkeypatch.setenv("HARKEN_DNS", given)

    with pytest.raises(EnvironmentMistakes, match=f"HARKEN_DNS {words}"):
        read_environment()

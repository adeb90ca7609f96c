from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from harken.workspaces.addresses import RESERVED
from harken.workspaces.encryption import EncryptedTextField, SecretUnreadable, decrypt, encrypt, opened
from harken.workspaces.factories import make_workspace
from harken.workspaces.models import Workspace

pytestmark = pytest.mark.django_db

NEW_YEARS_EVE_IN_UTC = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)


def test_a_ticket_number_is_the_day_of_the_workspaces_zone_and_its_counter():
    workspace = make_workspace(time_zone="Asia/Tokyo")

    numbers = [workspace.next_ticket_number(NEW_YEARS_EVE_IN_UTC) for _ in range(2)]

    assert numbers == [2027010100000001, 2027010100000002]


def test_each_workspace_counts_for_itself():
    first = make_workspace()
    first.next_ticket_number(NEW_YEARS_EVE_IN_UTC)

    second = make_workspace()

    assert second.next_ticket_number(NEW_YEARS_EVE_IN_UTC) % 10**8 == 1


def test_links_start_with_the_configured_address(settings):
    settings.HARKEN_URL = "https://desk.example"
    workspace = make_workspace(slug="acme")

    assert workspace.url_for("tickets/1/") == "https://desk.example/acme/tickets/1/"


@pytest.mark.parametrize("slug", ["", "-acme", "Acme", "acme corp", "ä", "a" * 51, *sorted(RESERVED)])
def test_an_address_that_is_not_usable_is_refused(slug):
    with pytest.raises(ValidationError):
        Workspace(slug=slug, name="Acme").full_clean()


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(ValidationError):
        Workspace(slug="acme", name="Acme", time_zone="Mars/Olympus").full_clean()


def test_a_key_is_made_once_and_differs_by_purpose_and_workspace():
    workspace = make_workspace()
    key = workspace.key("reply-address")

    assert workspace.key("reply-address") == key
    assert workspace.key("message-id") != key
    assert len(key) == 32
    assert make_workspace().key("reply-address") != key


def test_a_key_is_asked_for_once_however_many_addresses_are_checked(django_assert_num_queries):
    workspace = make_workspace()
    made = workspace.key("reply-address")
    assert workspace.key("reply-address") == made

    with django_assert_num_queries(0):
        assert workspace.key("reply-address") == made


def test_a_key_that_was_rolled_back_is_not_remembered():
    workspace = make_workspace()

    with transaction.atomic():
        gone = workspace.key("reply-address")
        transaction.set_rollback(True)

    assert workspace.key("reply-address") != gone


def test_a_secret_is_sealed_and_opens_again():
    sealed = encrypt("correct horse")

    assert "horse" not in sealed
    assert decrypt(sealed) == "correct horse"


def test_a_secret_of_another_installation_is_refused_by_name(settings):
    sealed = encrypt("correct horse")
    settings.SECRET_KEY = "another installation"

    with pytest.raises(SecretUnreadable):
        decrypt(sealed)


def test_a_secret_that_does_not_open_is_refused_when_used_and_kept_when_saved(settings):
    field = EncryptedTextField()
    sealed, settings.SECRET_KEY = encrypt("correct horse"), "another installation"

    read = field.from_db_value(sealed, None, None)

    assert read is not None
    assert field.get_prep_value(read) == sealed
    with pytest.raises(SecretUnreadable, match="secret key"):
        opened(read)
    assert opened("correct horse") == "correct horse"


def test_a_secret_opens_with_the_key_before_a_rotation(settings):
    sealed = encrypt("correct horse")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one"

    assert decrypt(sealed) == "correct horse"

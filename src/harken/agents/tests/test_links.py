from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from harken.agents import links
from harken.agents.errors import LinkExpired, LinkUnknown, LinkUsed
from harken.agents.factories import make_user
from harken.agents.models import OneTimeLink
from harken.workspaces.factories import make_workspace

pytestmark = pytest.mark.django_db

Purpose = OneTimeLink.Purpose


def _secret(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def test_a_link_works_once():
    secret = _secret(links.sign_in_link(make_user()))

    links.use(secret, Purpose.SIGN_IN)

    with pytest.raises(LinkUsed):
        links.use(secret, Purpose.SIGN_IN)


def test_looking_at_a_link_does_not_use_it_up():
    secret = _secret(links.sign_in_link(make_user()))

    links.find(secret, Purpose.SIGN_IN)

    assert links.use(secret, Purpose.SIGN_IN).used_at


def test_a_sign_in_link_is_too_old_after_a_quarter_of_an_hour():
    secret = _secret(links.sign_in_link(make_user()))

    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)), pytest.raises(LinkExpired):
        links.use(secret, Purpose.SIGN_IN)


def test_an_invitation_is_too_old_after_a_week():
    secret = _secret(links.invitation_link(make_workspace(), "ann@fennel.example"))

    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)), pytest.raises(LinkExpired):
        links.use(secret, Purpose.INVITATION)


def test_a_link_for_one_door_does_not_open_another():
    secret = _secret(links.sign_in_link(make_user()))

    with pytest.raises(LinkUnknown):
        links.use(secret, Purpose.OWNER)


@pytest.mark.parametrize(
    "secret", ["", " ", "\x00" * 43, "x" * 43, "x" * 10_000, "é" * 43, "../../etc/passwd"]
)
def test_a_guessed_link_is_unknown(secret: str):
    with pytest.raises(LinkUnknown):
        links.use(secret, Purpose.SIGN_IN)


def test_the_table_of_links_opens_nothing():
    secret = _secret(links.sign_in_link(make_user()))

    assert secret not in str(OneTimeLink.objects.values_list().get())


def test_a_new_owner_link_replaces_the_one_before():
    old = _secret(links.owner_link() or "")
    new = _secret(links.owner_link() or "")

    links.find(new, Purpose.OWNER)
    with pytest.raises(LinkUnknown):
        links.find(old, Purpose.OWNER)


def test_an_owner_link_does_not_grow_old():
    secret = _secret(links.owner_link() or "")

    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert links.find(secret, Purpose.OWNER)


def test_there_is_no_owner_link_once_there_is_a_workspace():
    make_workspace()

    assert links.owner_link() is None


def test_a_new_invitation_of_one_address_replaces_the_one_before():
    workspace = make_workspace()
    old = _secret(links.invitation_link(workspace, "ann@fennel.example"))

    links.invitation_link(workspace, "Ann@Fennel.example")

    with pytest.raises(LinkUnknown):
        links.find(old, Purpose.INVITATION)


def test_the_invitation_by_mail_and_the_one_shown_are_used_up_together():
    workspace = make_workspace()
    shown = _secret(links.invitation_link(workspace, "ann@fennel.example"))
    mailed = _secret(links.mailed_invitation_link(workspace.pk, "ann@fennel.example") or "")

    links.use(mailed, Purpose.INVITATION)

    with pytest.raises(LinkUsed):
        links.use(shown, Purpose.INVITATION)


def test_an_invitation_taken_back_is_not_mailed():
    workspace = make_workspace()
    links.invitation_link(workspace, "ann@fennel.example")

    links.withdraw_invitation(workspace.pk, "ann@fennel.example")

    assert links.mailed_invitation_link(workspace.pk, "ann@fennel.example") is None


def test_links_long_dead_are_forgotten():
    links.sign_in_link(make_user())

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        links.sign_in_link(make_user())

    assert OneTimeLink.objects.count() == 1


def test_links_start_with_the_configured_address(settings):
    settings.HARKEN_URL = "https://desk.fennel.example"

    assert links.sign_in_link(make_user()).startswith("https://desk.fennel.example/accounts/link/")


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_at_once_one_succeeds():
    secret = _secret(links.sign_in_link(make_user()))

    def press(_number: int) -> bool:
        try:
            with transaction.atomic():
                links.use(secret, Purpose.SIGN_IN)
        except LinkUsed:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as people:
        assert sum(people.map(press, range(4))) == 1

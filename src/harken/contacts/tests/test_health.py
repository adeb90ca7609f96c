from datetime import timedelta

import pytest
from django.utils import timezone

from harken.contacts.factories import make_contact
from harken.contacts.models import QUIET_AFTER_REACHING, Identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> Identity:
    return make_contact().identities.get()


def test_a_dead_address_is_not_revived_by_a_full_mailbox(ann: Identity):
    ann.note_failure("550 no such user", for_good=True)

    ann.note_failure("452 full", for_good=False)

    assert (ann.health, ann.failures, ann.health_words) == ("dead", 2, "452 full")


def test_one_letter_that_was_taken_proves_nothing_yet(ann: Identity):
    ann.note_failure("452 full", for_good=False)

    ann.note_reached()

    assert ann.health == "failing"


def test_days_of_silence_after_a_letter_was_taken_are_good_news(ann: Identity):
    ann.note_failure("452 full", for_good=False)
    ann.note_reached()
    ann.reached_at = timezone.now() - QUIET_AFTER_REACHING

    ann.note_reached()

    assert (ann.health, ann.failures, ann.health_since) == ("ok", 0, None)


def test_a_letter_from_it_is_the_best_news(ann: Identity):
    ann.note_failure("550 no such user", for_good=True)

    ann.note_alive()

    ann.refresh_from_db()
    assert (ann.health, ann.health_words) == ("ok", "")


def test_after_a_loop_automatic_mail_rests_for_a_day(ann: Identity):
    ann.stop_automatic_mail("loop")
    today = ann.takes_automatic_mail

    ann.automatic_mail_stopped_until = timezone.now() - timedelta(seconds=1)

    assert (today, ann.takes_automatic_mail) == (False, True)


def test_after_a_complaint_it_rests_for_good(ann: Identity):
    ann.stop_automatic_mail("complaint")

    ann.stop_automatic_mail("loop")

    assert (ann.automatic_mail_stopped, ann.automatic_mail_stopped_until) == ("complaint", None)
    assert not ann.takes_automatic_mail

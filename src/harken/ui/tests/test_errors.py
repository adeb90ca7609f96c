"""No test here may use the database: neither may an error page."""

import pytest
from django.test import RequestFactory
from django.utils import translation

from harken.ui import errors

PAGES = {
    400: errors.bad_request,
    403: errors.refused,
    404: errors.not_found,
    500: errors.failed,
    503: errors.unavailable,
}


@pytest.mark.parametrize("status", PAGES)
def test_an_error_page_says_what_to_do_without_the_database(status):
    response = PAGES[status](RequestFactory().get("/acme/"))

    assert response.status_code == status
    page = response.content.decode()
    assert page.count("<h1>") == 1
    assert 'href="/"' in page


def test_an_absent_database_asks_to_come_back_soon():
    assert errors.unavailable(RequestFactory().get("/"))["Retry-After"] == "5"


def test_a_form_that_has_grown_old_says_so():
    response = errors.csrf_refused(RequestFactory().post("/"))

    assert response.status_code == 403
    assert "grown old" in response.content.decode()


def test_an_error_page_runs_from_right_to_left_for_arabic_readers():
    with translation.override("ar"):
        page = errors.not_found(RequestFactory().get("/")).content.decode()

    assert '<html lang="ar" dir="rtl"' in page

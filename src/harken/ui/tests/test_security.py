from django.http import HttpResponse, HttpResponseBase
from django.test import RequestFactory

from harken.ui.security import SecurityHeaders


def answered(response: HttpResponse) -> HttpResponseBase:
    return SecurityHeaders(lambda request: response)(RequestFactory().get("/"))


def test_a_page_runs_our_scripts_only_and_stands_in_nobodys_frame():
    policy = answered(HttpResponse())["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_stricter_header_of_the_view_stays():
    response = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'; sandbox"})

    assert answered(response)["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_types_are_not_guessed_and_referrers_stay_here():
    response = answered(HttpResponse())

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_leaves_nothing_in_a_cache_and_a_style_sheet_may():
    assert answered(HttpResponse())["Cache-Control"] == "no-store"
    assert "Cache-Control" not in answered(HttpResponse(content_type="text/css"))


def test_encryption_is_promised_only_where_it_is_spoken(settings):
    settings.HARKEN_URL = "http://127.0.0.1:8000"
    plain = answered(HttpResponse())
    settings.HARKEN_URL = "https://desk.fennel.example"
    encrypted = answered(HttpResponse())

    assert "Strict-Transport-Security" not in plain
    assert encrypted["Strict-Transport-Security"].startswith("max-age=63072000")

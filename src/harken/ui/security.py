"""The headers that hold a page to what it needs: our own scripts and styles, nobody's frame, no guessing of types."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

TWO_YEARS_SECONDS = 63_072_000


class SecurityHeaders:
    """Give every answer the headers above, where the view has not set stricter ones of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.headers = dict(HEADERS)
        if settings.HARKEN_FILES_ORIGIN:
            # Pictures in a text come from there.
            pictures = f"img-src 'self' data: {settings.HARKEN_FILES_ORIGIN}"
            self.headers["Content-Security-Policy"] = POLICY.replace("img-src 'self' data:", pictures)
        if settings.HARKEN_URL.startswith("https://"):
            self.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS_SECONDS}; includeSubDomains"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # A page shows customers' words: nothing of it stays behind in a shared computer's cache.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

"""Where to go after a sign-in: only ever to a path of ours."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 2000


def is_ours(address: str) -> bool:
    """Say whether an address is a plain path on this site, whatever Host the request claims."""
    # A control character may vanish on the way to the browser and turn /<TAB>/evil.example into //evil.example.
    is_path = address.startswith("/") and address.isprintable() and len(address) <= LONGEST
    return is_path and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def next_page(request: HttpRequest) -> str:
    """Return the page a form or address names for afterwards; `""` when it names none, or not one of ours."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    return address if is_ours(address) else ""

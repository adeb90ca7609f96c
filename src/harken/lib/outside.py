"""The one door of web requests to addresses that people enter: not to this machine, not to private networks.

The name is resolved once and the request goes to the address that was judged, so that no second answer of a
name server leads elsewhere. Redirects are not followed and no proxy of the environment is asked.
"""

import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import httpx

TIMEOUT = httpx.Timeout(10, connect=5)
MOST_BYTES = 1024 * 1024


class NotAllowed(Exception):
    """The address is not one that this desk may ask; nothing was sent."""


class NoAnswer(Exception):
    """The other side cannot be reached, or said something endless."""


def post(
    url: str, fields: Mapping[str, str], *, allow_internal: bool, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    """Send a form and return the answer, whatever its status. Raises NotAllowed and NoAnswer.

    `allow_internal` is the operator's leave for plain http and for addresses inside.
    """
    headers = {**(headers or {}), "Accept": "application/json"}
    return _ask("POST", url, {"data": dict(fields)}, headers, allow_internal)


def get(url: str, *, allow_internal: bool, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Ask for a JSON document and return the answer like `post`."""
    return _ask("GET", url, {}, {**(headers or {}), "Accept": "application/json"}, allow_internal)


def post_bytes(
    url: str, content: bytes, headers: Mapping[str, str], *, allow_internal: bool
) -> httpx.Response:
    """Send bytes as they are, and return the answer like `post`."""
    return _ask("POST", url, {"content": content}, headers, allow_internal)


def _ask(
    method: str, url: str, body: dict[str, Any], headers: Mapping[str, str], allow_internal: bool
) -> httpx.Response:
    parts = _parsed(url, allow_internal)
    address = _address_of(parts, allow_internal)
    try:
        with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
            request = client.build_request(
                method,
                parts.copy_with(host=str(address)),
                headers={**headers, "Host": parts.netloc.decode("ascii")},
                extensions={"sni_hostname": parts.host},
                **body,
            )
            return _short(client.send(request, stream=True))
    except httpx.HTTPError as error:
        raise NoAnswer(type(error).__name__) from error


def _parsed(url: str, allow_internal: bool) -> httpx.URL:
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, TypeError) as error:
        raise NotAllowed("This is no web address.") from error
    schemes = ("https", "http") if allow_internal else ("https",)
    if parts.scheme not in schemes or not parts.host or parts.userinfo:
        raise NotAllowed("The address must begin with https:// and the name of a server.")
    return parts


def _address_of(parts: httpx.URL, allow_internal: bool) -> IPv4Address | IPv6Address:
    try:
        found = socket.getaddrinfo(
            parts.host, parts.port or 443, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        raise NoAnswer("The server's name is not known.") from error
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not allow_internal and not all(_is_outside(address) for address in addresses):
        raise NotAllowed("The address leads to this machine or to a private network.")
    return addresses[0]


def _is_outside(address: IPv4Address | IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return inner.is_global and not inner.is_multicast


def _short(response: httpx.Response) -> httpx.Response:
    content = b""
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            response.close()
            raise NoAnswer("The answer does not end.")
    return httpx.Response(response.status_code, headers=response.headers, content=content)

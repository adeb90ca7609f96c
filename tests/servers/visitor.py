"""Somebody signed in to a running Harken, without a picture."""

import re
import urllib.error
import urllib.request
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from tests.servers.harken import Harken

PATIENCE_SECONDS = 20


class Visitor:
    """An agent who came by a one-time link."""

    def __init__(self, harken: Harken, address: str) -> None:
        self._harken = harken
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        with self._opener.open(harken.sign_in_link(address), timeout=PATIENCE_SECONDS) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
            assert token
            form = urlencode({"csrfmiddlewaretoken": token[1]}).encode()
            self._opener.open(page.url, form, timeout=PATIENCE_SECONDS).close()

    @property
    def cookie(self) -> str:
        """What the browser would send as its Cookie header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def open(self, path: str) -> HTTPResponse:
        """The answer to a GET; raises HTTPError for 4xx and 5xx."""
        answer: HTTPResponse = self._opener.open(self._harken.url + path, timeout=PATIENCE_SECONDS)
        return answer

    def status(self, path: str) -> int:
        """The status of a GET."""
        try:
            with self.open(path) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

"""Somebody signed in to a running Harken, without a picture."""

import re
import urllib.error
import urllib.request
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from playwright.sync_api import StorageState, StorageStateCookie

PATIENCE_SECONDS = 20


class Visitor:
    """An agent who came by a one-time link."""

    def __init__(self, link: str) -> None:
        self._url = link[: link.index("/", len("https://"))]
        self._cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        with self._opener.open(link, timeout=PATIENCE_SECONDS) as page:
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
            assert token
            form = urlencode({"csrfmiddlewaretoken": token[1]}).encode()
            self._opener.open(page.url, form, timeout=PATIENCE_SECONDS).close()

    @property
    def cookie(self) -> str:
        """What the browser would send as its Cookie header."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    @property
    def session(self) -> StorageState:
        """What a browser begins with that is signed in as they are."""
        kept = [
            StorageStateCookie(
                name=each.name,
                value=each.value or "",
                domain="localhost",
                path="/",
                expires=-1,
                httpOnly=True,
                secure=False,
                sameSite="Lax",
            )
            for each in self._cookies
        ]
        return StorageState(cookies=kept, origins=[])

    def open(self, path: str) -> HTTPResponse:
        """The answer to a GET; raises HTTPError for 4xx and 5xx."""
        answer: HTTPResponse = self._opener.open(self._url + path, timeout=PATIENCE_SECONDS)
        return answer

    def status(self, path: str) -> int:
        """The status of a GET."""
        try:
            with self.open(path) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
